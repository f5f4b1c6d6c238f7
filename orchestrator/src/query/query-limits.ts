import type { GraphQLError, OperationDefinitionNode } from 'graphql';
import { limitRefusal } from './limit-refusal.ts';
import { weigh, type Scale } from './weigh.ts';

/** How much one operation may ask for. */
export interface QueryLimits {
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxAliases: number;
  /** Names, numbers and punctuation of a document: what it takes to check one grows with their square. */
  readonly maxTokens: number;
  /** How large an answer may become. */
  readonly maxAnswerBytes: number;
  readonly introspection: boolean;
  /** What one SQL statement may take, in milliseconds; Postgres itself keeps to it. */
  readonly sqlTimeoutMs: number;
}

/**
 * Refuses a valid operation that asks for too much, before any of it runs.
 *
 * @returns one error for each limit that it goes beyond
 */
export function beyondLimits(
  limits: QueryLimits,
  scale: Scale,
  operation: OperationDefinitionNode,
): GraphQLError[] {
  const root = scale.schema.getRootType(operation.operation);
  if (root == null) return [];
  const { depth, aliases, cost } = weigh(scale, operation.selectionSet, root);
  const errors: GraphQLError[] = [];
  if (depth > limits.maxDepth)
    errors.push(
      limitRefusal({
        code: 'QUERY_TOO_DEEP',
        message: `The query nests ${depth} levels`,
        limit: 'CULVERT_QUERY_DEPTH',
        allowed: limits.maxDepth,
        node: operation,
      }),
    );
  if (aliases > limits.maxAliases)
    errors.push(
      limitRefusal({
        code: 'TOO_MANY_ALIASES',
        message: `The query has ${aliases} aliases`,
        limit: 'CULVERT_QUERY_ALIASES',
        allowed: limits.maxAliases,
        node: operation,
      }),
    );
  if (cost > limits.maxCost)
    errors.push(
      limitRefusal({
        code: 'QUERY_TOO_COSTLY',
        message: `The query costs ${cost}`,
        limit: 'CULVERT_QUERY_COST',
        allowed: limits.maxCost,
        node: operation,
      }),
    );
  return errors;
}
