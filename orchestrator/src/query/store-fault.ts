import { GraphQLError } from 'graphql';
import pg from 'pg';
import { isConnectionFault } from '../store/connection-fault.ts';

/**
 * Runs what reads from Postgres and turns the faults that can be expected into errors with a stable code.
 *
 * @throws GraphQLError `STORE_TIMEOUT` when a statement took too long, `STORE_UNAVAILABLE` when Postgres is away,
 *   overloaded or not prepared yet; anything else as it came
 */
export async function fromStore<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw storeFault(error) ?? error;
  }
}

/** Whether Postgres gave up a statement because it took too long. */
export function isCancelled(error: unknown): error is pg.DatabaseError {
  return error instanceof pg.DatabaseError && error.code === '57014';
}

/** The error to show for a fault of the store; undefined when the fault is not one of the expected ones. */
export function storeFault(error: unknown): GraphQLError | undefined {
  if (!(error instanceof pg.DatabaseError))
    return isConnectionFault(error)
      ? unavailable('The store of exchanges can not be reached; try again soon.', error as Error)
      : undefined;
  const code = error.code ?? '';
  if (isCancelled(error))
    return new GraphQLError('The store took too long to answer; ask for less.', {
      extensions: { code: 'STORE_TIMEOUT' },
      originalError: error,
    });
  // 42P01 and 3F000: tables or their schema don't exist yet. 08, 53, 57P: connection, resources, operator.
  if (code === '42P01' || code === '3F000')
    return unavailable('The store is being prepared; try again soon.', error);
  if (/^(08|53|57P)/.test(code))
    return unavailable('The store of exchanges is not available; try again soon.', error);
  return undefined;
}

function unavailable(message: string, cause: Error): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'STORE_UNAVAILABLE' }, originalError: cause });
}
