import {
  GraphQLError,
  Kind,
  Lexer,
  parse,
  Source,
  TokenKind,
  validate,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { validationRules } from './argument-rules.ts';
import { limitRefusal } from './limit-refusal.ts';
import type { QueryLimits } from './query-limits.ts';

/** A document that was read and checked, or why it can't be used. */
export type CheckedDocument =
  | {
      readonly kind: 'valid';
      readonly document: DocumentNode;
      readonly operations: readonly OperationDefinitionNode[];
      readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
    }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

/** Clients repeat themselves: so many documents are remembered, the shorter ones of them. */
const REMEMBERED = 100;
const REMEMBERED_CHARACTERS = 8_192;
const MOST_ERRORS = 20;

/** Makes a reader of documents that remembers the last ones it has checked. */
export function createDocumentReader(
  schema: GraphQLSchema,
  limits: Pick<QueryLimits, 'maxTokens' | 'introspection'>,
): (text: string) => CheckedDocument {
  const rules = validationRules(limits.introspection);
  const known = new Map<string, CheckedDocument>();

  const check = (text: string): CheckedDocument => {
    let document: DocumentNode;
    try {
      document = parse(text, { maxTokens: limits.maxTokens });
    } catch (error) {
      return { kind: 'refused', errors: [syntaxError(text, error, limits.maxTokens)] };
    }
    const options = { maxErrors: MOST_ERRORS, hideSuggestions: !limits.introspection };
    const errors = validate(schema, document, rules, options);
    if (errors.length > 0) return { kind: 'refused', errors: errors.map(validationError) };
    const { definitions } = document;
    return {
      kind: 'valid',
      document,
      operations: definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION),
      fragments: new Map(
        definitions
          .filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
          .map((node) => [node.name.value, node]),
      ),
    };
  };

  return (text) => {
    const before = known.get(text);
    if (before !== undefined) {
      // The map keeps the order of use: the one used longest ago comes first.
      known.delete(text);
      known.set(text, before);
      return before;
    }
    const checked = check(text);
    if (text.length > REMEMBERED_CHARACTERS) return checked;
    known.set(text, checked);
    if (known.size > REMEMBERED) known.delete(known.keys().next().value ?? '');
    return checked;
  };
}

function syntaxError(text: string, error: unknown, maxTokens: number): GraphQLError {
  if (!(error instanceof GraphQLError)) throw error;
  if (!hasMoreTokens(text, maxTokens)) return coded(error, 'GRAPHQL_PARSE_FAILED');
  return limitRefusal({
    code: 'QUERY_TOO_LONG',
    message: `The query has more than ${maxTokens} tokens`,
    limit: 'CULVERT_QUERY_TOKENS',
    allowed: maxTokens,
  });
}

/** What graphql-js says when a document gives it more to compare than it is willing to. */
const GAVE_UP = 'Validation aborted.';

function validationError(error: GraphQLError): GraphQLError {
  if (error.message !== GAVE_UP) return coded(error, 'GRAPHQL_VALIDATION_FAILED');
  return limitRefusal({
    code: 'QUERY_TOO_COMPLEX',
    message: 'The query repeats fields too often to be checked',
    limit: 'comparisons',
    allowed: 500_000,
  });
}

/** Whether a text has more tokens than this before its end or its first mistake of spelling. */
function hasMoreTokens(text: string, maxTokens: number): boolean {
  const lexer = new Lexer(new Source(text));
  try {
    for (let count = 0; count <= maxTokens; count++) if (lexer.advance().kind === TokenKind.EOF) return false;
    return true;
  } catch {
    return false;
  }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  if (error.extensions['code'] === undefined) error.extensions['code'] = code;
  return error;
}
