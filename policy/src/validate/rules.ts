import { celEnv, isCelError, parse, plan, type CelInput, type CelResult } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import type { SchemaNode, ValidationRule } from '@culvert/crds/schema-node';
import { childPath, isObject, quote } from './problem.ts';

interface CompiledRule {
  readonly holds: (self: CelInput) => CelResult;
  readonly message: string;
}

const ENVIRONMENT = celEnv({ funcs: strings });
const compiled = new WeakMap<ValidationRule, CompiledRule>();

/**
 * Runs the rules in the Common Expression Language (`x-kubernetes-validations`) of a schema against a value that fits
 * the rest of it.
 *
 * @returns the messages of those that don't hold
 */
export function findBrokenRules(schema: SchemaNode, value: unknown, path: string): readonly string[] {
  const { items, properties, additionalProperties } = schema;
  const rules = schema['x-kubernetes-validations'] ?? [];
  const self = rules.length === 0 ? null : toCel(schema, value);
  const broken = rules
    .map(compile)
    .filter(({ holds }) => holds(self) !== true)
    .map(({ message }) => `${path} is ${quote(value)}: ${message}`);
  return [...broken, ...below()];

  function below(): readonly string[] {
    if (Array.isArray(value))
      return items === undefined
        ? []
        : value.flatMap((item: unknown, index) => findBrokenRules(items, item, childPath(path, index)));
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([name, part]) => {
      const child = properties?.[name] ?? additionalProperties;
      return child === undefined ? [] : findBrokenRules(child, part, childPath(path, name));
    });
  }
}

function compile(rule: ValidationRule): CompiledRule {
  const known = compiled.get(rule);
  if (known !== undefined) return known;
  const evaluate = plan(ENVIRONMENT, parse(rule.rule));
  const fresh: CompiledRule = {
    // An expression that fails counts as broken, as it does for the API server.
    holds: (self) => {
      const result = evaluate({ self });
      return isCelError(result) ? false : result;
    },
    message: rule.message,
  };
  compiled.set(rule, fresh);
  return fresh;
}

/** A value as expressions see it: whole numbers are `int`, objects are maps. */
function toCel(schema: SchemaNode, value: unknown): CelInput {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map((item: unknown) => toCel(schema.items ?? {}, item));
  if (isObject(value))
    return new Map(
      Object.entries(value).map(([name, part]) => [
        name,
        toCel(schema.properties?.[name] ?? schema.additionalProperties ?? {}, part),
      ]),
    );
  return value as string | boolean | null;
}
