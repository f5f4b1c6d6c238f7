/**
 * Waits for all of some reads that were begun together, so that none goes on behind an error.
 *
 * @param isCause whether an error is one that others may only be a consequence of, such as having waited too long for
 *   its connection
 * @throws the first error that is a cause, or else the first one
 */
export async function allOf<T>(
  reads: readonly Promise<T>[],
  isCause: (error: unknown) => boolean,
): Promise<T[]> {
  const ends = await Promise.allSettled(reads);
  const errors = ends.filter((end) => end.status === 'rejected').map(({ reason }) => reason as Error);
  const [first] = errors;
  if (first !== undefined) throw errors.find(isCause) ?? first;
  return ends.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
}
