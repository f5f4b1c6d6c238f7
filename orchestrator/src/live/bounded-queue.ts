import type { UpdateStream } from './update-stream.ts';

/** A queue between a source that waits for nobody and a reader that may be slow. */
export interface BoundedQueue<T> extends UpdateStream<T> {
  /** Adds a value; where there is no room, the oldest one goes. */
  push(value: T): void;
  /** Lets the reader have what is queued, and then the end. */
  end(): void;
}

/**
 * @param limit how many values may wait
 * @param onDropped a value went because there was no room
 * @param onEnded the reader has left or the queue was ended; called once
 */
export function createBoundedQueue<T>(
  limit: number,
  onDropped: () => void,
  onEnded: () => void,
): BoundedQueue<T> {
  const values: T[] = [];
  let waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let ended = false;
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const resolve of waiting) resolve({ done: true, value: undefined });
    waiting = [];
    onEnded();
  };
  return {
    push(value) {
      if (ended) return;
      const resolve = waiting.shift();
      if (resolve !== undefined) {
        resolve({ done: false, value });
        return;
      }
      values.push(value);
      if (values.length <= limit) return;
      values.shift();
      onDropped();
    },
    end,
    poll: () => values.shift(),
    next: () => {
      const value = values.shift();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (ended) return Promise.resolve({ done: true, value: undefined });
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: () => {
      values.length = 0;
      end();
      return Promise.resolve({ done: true, value: undefined });
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
