import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';

/** Makes of an error what clients may see of it. */
export type ErrorMask = (error: unknown) => GraphQLError;

/**
 * Decides what clients see of an error. Errors made for them pass: those that resolvers throw as
 * GraphQLError with a code. Anything else becomes code `INTERNAL` with an id under which the log has it whole.
 */
export function createErrorMask(log: Logger): ErrorMask {
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
    return error;
  };
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
