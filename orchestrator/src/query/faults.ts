import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';

/** Makes of an error what clients may see of it. */
export type ErrorMask = (error: unknown) => GraphQLError;

/**
 * Decides what clients see of an error. Errors made for them pass: those that resolvers throw as
 * GraphQLError with a code. Anything else becomes code `INTERNAL` with an id under which the log has it whole.
 *
 * @param sqlTimeoutMs what a statement may take, to be told where one took longer
 */
export function createErrorMask(log: Logger, sqlTimeoutMs: number): ErrorMask {
  return (error) => {
    if (!(error instanceof GraphQLError)) return masked(error, log);
    const thrown = error.originalError ?? undefined;
    if (thrown === undefined || error.extensions['code'] === undefined)
      return thrown === undefined ? error : masked(error, log);
    if (thrown instanceof GraphQLError && thrown.originalError != null)
      log.warn(
        { code: error.extensions['code'], path: error.path, reason: reasonOf(thrown.originalError) },
        'query failed',
      );
    return error.extensions['code'] === 'STORE_TIMEOUT' ? withLimit(error, sqlTimeoutMs) : error;
  };
}

/** Names the limit that a statement broke; whoever ran it knew what to ask less of. */
function withLimit(error: GraphQLError, sqlTimeoutMs: number): GraphQLError {
  const limit = 'CULVERT_SQL_TIMEOUT_MS';
  return new GraphQLError(`${error.message} ${limit} allows ${sqlTimeoutMs} ms.`, {
    ...(error.nodes !== undefined && { nodes: error.nodes }),
    ...(error.path !== undefined && { path: error.path }),
    extensions: { ...error.extensions, limit, allowed: sqlTimeoutMs },
  });
}

function masked(error: unknown, log: Logger): GraphQLError {
  const id = randomUUID();
  const located = error instanceof GraphQLError ? error : undefined;
  log.error({ id, path: located?.path, err: located?.originalError ?? error }, 'unexpected error in a query');
  return new GraphQLError(`Unexpected error. The log has it under ${id}.`, {
    ...(located?.nodes !== undefined && { nodes: located.nodes }),
    ...(located?.path !== undefined && { path: located.path }),
    extensions: { code: 'INTERNAL', id },
  });
}
