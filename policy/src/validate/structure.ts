import { Ajv, type ErrorObject } from 'ajv';
import type { SchemaNode } from '@culvert/crds/schema-node';
import { toJsonSchema } from './json-schema.ts';
import { childPath, isObject, quote } from './problem.ts';

/** Finds what breaks a structural schema, one sentence each. */
export type StructureCheck = (value: unknown) => readonly string[];

/** Compiles a structural schema, without its rules. @param path of the value within its resource */
export function createStructureCheck(schema: SchemaNode, path: string): StructureCheck {
  const ajv = new Ajv({ allErrors: true, verbose: true, strict: false, formats: { 'date-time': true } });
  const validate = ajv.compile(toJsonSchema(schema));
  return (value) =>
    validate(value) ? [] : (validate.errors ?? []).map((error) => sentence(error, value, path));
}

function sentence(error: ErrorObject, root: unknown, path: string): string {
  const place = placeOf(error.instancePath, root, path);
  const { params, data, parentSchema } = error as ErrorObject & { params: Record<string, unknown> };
  switch (error.keyword) {
    case 'additionalProperties':
      return `${childPath(place, String(params['additionalProperty']))} is unknown; known here are ${known(parentSchema)}`;
    case 'required':
      return `${childPath(place, String(params['missingProperty']))} is required`;
    case 'type':
      return `${place} is ${quote(data)} and should be ${kindOf(params['type'])}`;
    case 'enum':
      return `${place} is ${quote(data)}; write ${(params['allowedValues'] as string[]).join(' or ')}`;
    case 'minimum':
    case 'maximum':
      return `${place} is ${quote(data)}; write a number ${bounds(parentSchema, 'minimum', 'maximum')}`;
    case 'minLength':
    case 'maxLength':
      return `${place} is ${quote(data)}; write ${bounds(parentSchema, 'minLength', 'maxLength')} characters`;
    case 'minItems':
    case 'maxItems':
      return `${place} has ${(data as unknown[]).length} items; write ${bounds(parentSchema, 'minItems', 'maxItems')}`;
    case 'maxProperties':
      return `${place} has too many entries; write at most ${String(params['limit'])}`;
    default:
      return `${place} ${error.message ?? 'is wrong'}`;
  }
}

/** A JSON pointer as a path; only numbers into lists stand in brackets. */
function placeOf(pointer: string, root: unknown, path: string): string {
  let place = path;
  let value = root;
  for (const escaped of pointer.split('/').slice(1)) {
    const name = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    place = childPath(place, Array.isArray(value) ? Number(name) : name);
    value = Array.isArray(value) ? value[Number(name)] : isObject(value) ? value[name] : undefined;
  }
  return place;
}

function known(schema: ErrorObject['parentSchema']): string {
  return Object.keys((schema?.['properties'] as object | undefined) ?? {}).join(', ');
}

function kindOf(type: unknown): string {
  const kinds: Record<string, string> = {
    object: 'an object',
    array: 'a list',
    string: 'text (in quotes, if it looks like a number or a truth value)',
    integer: 'a whole number',
    boolean: 'true or false',
  };
  const types = Array.isArray(type) ? (type as string[]) : [String(type)];
  return types.length > 1 ? 'a whole number or text' : (kinds[types[0]!] ?? String(type));
}

function bounds(schema: ErrorObject['parentSchema'], low: string, high: string): string {
  const [least, most] = [schema?.[low] as number | undefined, schema?.[high] as number | undefined];
  if (most === undefined) return `from ${least} on`;
  return least === undefined ? `at most ${most}` : `from ${least} to ${most}`;
}
