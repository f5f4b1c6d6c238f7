import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  separateOperations,
  typeFromAST,
  valueFromAST,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { allowedValues } from './allowed-values.ts';
import { noCount } from './count-argument.ts';
import type { CheckedDocument } from './documents.ts';
import { asSentence } from './sentence.ts';
import { firstUse } from './variable-use.ts';

type Document = Extract<CheckedDocument, { kind: 'valid' }>;
type Values = Readonly<Record<string, unknown>>;

/** Variables as their types say, or why they can't be used. */
export type ReadVariables =
  | { readonly kind: 'valid'; readonly values: Values }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

const MOST_ERRORS = 20;

/**
 * Reads the variables of an operation. What doesn't fit is `BAD_USER_INPUT`, with the argument that the variable is
 * used for and what may stand there, as for a value written into the document.
 */
export function readVariables(
  schema: GraphQLSchema,
  document: Document,
  operation: OperationDefinitionNode,
  given: Values,
): ReadVariables {
  const values: Record<string, unknown> = {};
  const errors: GraphQLError[] = [];
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value;
    const type = typeFromAST(schema, definition.type);
    if (!isInputType(type)) continue;
    const refuse = (within: Path, message: string, value?: unknown): void => {
      if (errors.length >= MOST_ERRORS) return;
      const path = [...within, ...unknownField(typeAt(type, within), value, message)];
      errors.push(badVariable({ schema, document, operation, definition, type, path, message, value }));
    };
    if (!Object.hasOwn(given, name)) {
      if (definition.defaultValue !== undefined) values[name] = valueFromAST(definition.defaultValue, type);
      else if (isNonNullType(type)) refuse([], `Variable "$${name}" of type "${String(type)}" is missing.`);
    } else if (given[name] === null && isNonNullType(type))
      refuse([], `Variable "$${name}" of type "${String(type)}" must not be null.`);
    else
      values[name] = coerceInputValue(given[name], type, (path, value, error) => {
        refuse(path, error.message, value);
      });
  }
  return errors.length > 0 ? { kind: 'refused', errors } : { kind: 'valid', values };
}

type Path = readonly (string | number)[];

interface Mistake {
  readonly schema: GraphQLSchema;
  readonly document: Document;
  readonly operation: OperationDefinitionNode;
  readonly definition: VariableDefinitionNode;
  readonly type: GraphQLInputType;
  readonly path: Path;
  readonly message: string;
  /** What does not fit; undefined where it is missing. */
  readonly value: unknown;
}

function badVariable(mistake: Mistake): GraphQLError {
  const { schema, document, operation, definition, type, path, value } = mistake;
  const name = definition.variable.name.value;
  const own = separateOperations(document.document)[operation.name?.value ?? ''] ?? document.document;
  const use = firstUse(schema, own, name);
  const argument = [...use.names, ...path.filter((part) => typeof part === 'string')].join('.');
  const allowed = use.counts ?? allowedValues(typeAt(type, path));
  const message = use.counts === undefined || value === undefined ? mistake.message : noCount(written(value));
  return new GraphQLError(`${argument}: ${asSentence(message)} Allowed: ${allowed}.`, {
    nodes: definition,
    extensions: { code: 'BAD_USER_INPUT', argument, allowed, variable: name },
  });
}

/** A value of JSON in short; what is in a list or an object can be too deep to be written. */
function written(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}

/** The name of the field that an object has and its type doesn't, if a message of graphql-js is about that; else none. */
function unknownField(type: GraphQLInputType, value: unknown, message: string): readonly string[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || typeof value !== 'object' || value === null) return [];
  const known = named.getFields();
  const name = Object.keys(value).find(
    (key) => !Object.hasOwn(known, key) && message.startsWith(`Field "${key}" is not defined`),
  );
  return name === undefined ? [] : [name];
}

/** The type of what a path leads to within a type; of what contains it where the path ends in nothing known. */
function typeAt(type: GraphQLInputType, path: Path): GraphQLInputType {
  let at = type;
  for (const part of path) {
    const nullable = getNullableType(at);
    if (typeof part === 'number') {
      if (isListType(nullable)) at = nullable.ofType;
      continue;
    }
    const named = getNamedType(at);
    if (!isInputObjectType(named)) return at;
    const field = named.getFields()[part];
    if (field === undefined) return named;
    at = field.type;
  }
  return at;
}
