import pg from 'pg';

/** Data exceptions, violated constraints and exceeded limits (Postgres manual, Appendix A): trying again won't help. */
const REFUSING_CLASSES = new Set(['22', '23', '54']);
const CHECK_VIOLATION = '23514';

/** Whether Postgres refuses values, rather than being unable to take them now or having no partition for them yet. */
export function isRefusal(error: unknown): error is pg.DatabaseError {
  return (
    error instanceof pg.DatabaseError &&
    REFUSING_CLASSES.has(error.code?.slice(0, 2) ?? '') &&
    !isMissingPartition(error)
  );
}

/** Whether a row found no partition. That has the code of a violated check, but no constraint was violated. */
export function isMissingPartition(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError && error.code === CHECK_VIOLATION && error.constraint === undefined
  );
}
