/**
 * What a subscription brings. Beside the usual protocol it can be asked for what waits already, so that a transport
 * can send many updates at once without a promise for each.
 */
export interface UpdateStream<T> extends AsyncIterableIterator<T, undefined> {
  /** The next value if one waits. */
  poll(): T | undefined;
  /** Ends it from the reader's side. */
  return(): Promise<IteratorReturnResult<undefined>>;
}

/** The same stream with each value changed when it is taken. */
export function mapUpdates<T, U>(stream: UpdateStream<T>, map: (value: T) => U): UpdateStream<U> {
  return {
    poll() {
      const value = stream.poll();
      return value === undefined ? undefined : map(value);
    },
    async next() {
      const result = await stream.next();
      return result.done === true ? result : { done: false, value: map(result.value) };
    },
    return: () => stream.return(),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Whether an iterable is an {@link UpdateStream}. */
export function isUpdateStream(iterable: object): iterable is UpdateStream<unknown> {
  return 'poll' in iterable && typeof iterable.poll === 'function';
}
