/**
 * A function that never throws: what the work throws goes to `onError` instead. For what timers and libraries call, where
 * nobody else would catch it.
 *
 * @param onError must not throw
 */
export function contained<A extends readonly unknown[]>(
  work: (...args: A) => void,
  onError: (error: unknown) => void,
): (...args: A) => void {
  return (...args) => {
    try {
      work(...args);
    } catch (error) {
      onError(error);
    }
  };
}
