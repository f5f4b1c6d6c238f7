import type { UpdateStream } from './update-stream.ts';

/** A queue between a source that waits for nobody and a reader that may be slow. */
export interface BoundedQueue<T> extends UpdateStream<T> {
  /** Adds a value; where there is no room, the oldest ones go. */
  push(value: T): void;
  /** Lets the reader have what is queued, and then the end. */
  end(): void;
}

/** What {@link createBoundedQueue} works with. */
export interface QueueOptions<T> {
  /** How many values may wait, and how many bytes of them. */
  readonly most: { readonly values: number; readonly bytes: number };
  /** How much memory a value takes, in bytes. */
  readonly weigh: (value: T) => number;
  /**
   * Makes what the reader gets instead of values that went, in front of those that are left.
   *
   * @param stub what stands for those that went before, if any did since the reader took the last one
   */
  readonly instead?: (dropped: T, stub: T | undefined) => T;
  /** A value went because there was no room. */
  readonly onDropped: () => void;
  /** The reader has left or the queue was ended; called once. */
  readonly onEnded: () => void;
}

const DONE: IteratorReturnResult<undefined> = { done: true, value: undefined };

/** Creates a queue whose memory is bounded, whatever its reader does. */
export function createBoundedQueue<T>(options: QueueOptions<T>): BoundedQueue<T> {
  const { most, weigh, instead } = options;
  const values: T[] = [];
  let bytes = 0;
  let stub: T | undefined;
  let waiting: ((result: IteratorResult<T, undefined>) => void)[] = [];
  let ended = false;

  const poll = (): T | undefined => {
    if (stub !== undefined) {
      const value = stub;
      stub = undefined;
      return value;
    }
    const value = values.shift();
    if (value !== undefined) bytes -= weigh(value);
    return value;
  };
  const makeRoom = (): void => {
    while (values.length > most.values || (bytes > most.bytes && values.length > 1)) {
      const dropped = values.shift() as T;
      bytes -= weigh(dropped);
      if (instead !== undefined) stub = instead(dropped, stub);
      options.onDropped();
    }
  };
  const end = (): void => {
    if (ended) return;
    ended = true;
    for (const resolve of waiting) resolve(DONE);
    waiting = [];
    options.onEnded();
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
      bytes += weigh(value);
      makeRoom();
    },
    end,
    poll,
    next: () => {
      const value = poll();
      if (value !== undefined) return Promise.resolve({ done: false, value });
      if (ended) return Promise.resolve(DONE);
      return new Promise((resolve) => waiting.push(resolve));
    },
    return: () => {
      values.length = 0;
      stub = undefined;
      end();
      return Promise.resolve(DONE);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
