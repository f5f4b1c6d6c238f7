/**
 * Why something failed, in one line for people.
 *
 * A failed connection to a name with several addresses is an AggregateError without a message of its own.
 */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '')
    return [...new Set(error.errors.map(reasonOf))].join('; ');
  return error instanceof Error && error.message !== '' ? error.message : String(error);
}
