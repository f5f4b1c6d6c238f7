import {
  coerceInputValue,
  getNamedType,
  getNullableType,
  GraphQLError,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  typeFromAST,
  valueFromAST,
  visit,
  type ASTNode,
  type GraphQLInputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';
import { allowedValues } from './allowed-values.ts';
import type { CheckedDocument } from './documents.ts';
import { asSentence } from './sentence.ts';

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
    const refuse = (path: readonly (string | number)[], message: string): void => {
      if (errors.length >= MOST_ERRORS) return;
      errors.push(badVariable({ document, definition, type, path, message }));
    };
    if (!Object.hasOwn(given, name)) {
      if (definition.defaultValue !== undefined) values[name] = valueFromAST(definition.defaultValue, type);
      else if (isNonNullType(type)) refuse([], `Variable "$${name}" of type "${String(type)}" is missing.`);
    } else if (given[name] === null && isNonNullType(type))
      refuse([], `Variable "$${name}" of type "${String(type)}" must not be null.`);
    else
      values[name] = coerceInputValue(given[name], type, (path, _value, error) => {
        refuse(path, error.message);
      });
  }
  return errors.length > 0 ? { kind: 'refused', errors } : { kind: 'valid', values };
}

interface Mistake {
  readonly document: Document;
  readonly definition: VariableDefinitionNode;
  readonly type: GraphQLInputType;
  readonly path: readonly (string | number)[];
  readonly message: string;
}

function badVariable({ document, definition, type, path, message }: Mistake): GraphQLError {
  const name = definition.variable.name.value;
  const argument = [...usedFor(document, name), ...path.filter((part) => typeof part === 'string')].join('.');
  const allowed = allowedValues(typeAt(type, path));
  return new GraphQLError(`${argument}: ${asSentence(message)} Allowed: ${allowed}.`, {
    nodes: definition,
    extensions: { code: 'BAD_USER_INPUT', argument, allowed, variable: name },
  });
}

/** The argument that a variable is used for first, as names from the field on; the variable itself if there is none. */
function usedFor({ document }: Document, variable: string): readonly string[] {
  const path: string[] = [];
  let found: readonly string[] | undefined;
  const isNamed = (node: ASTNode) => node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD;
  visit(document, {
    // Where variables are declared none is used.
    VariableDefinition: () => false,
    enter(node) {
      if (isNamed(node)) path.push((node as { name: { value: string } }).name.value);
      if (node.kind === Kind.VARIABLE && node.name.value === variable) found ??= [...path];
    },
    leave(node) {
      if (isNamed(node)) path.pop();
    },
  });
  return found ?? [`$${variable}`];
}

/** The type of what a path leads to within a type; of what contains it where the path ends in nothing known. */
function typeAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType {
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
