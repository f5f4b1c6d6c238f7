import type { Writable } from 'node:stream';

/** Writes text and says when there is room for more. */
export interface Writer {
  /** Resolves when the reader has taken enough; rejects with {@link ReaderGone} when it has left. */
  write(text: string | Uint8Array): Promise<void>;
}

/** Whoever read the output doesn't any more, as `head` does when it has seen enough. */
export class ReaderGone extends Error {
  constructor() {
    super('the reader of the output has left');
    this.name = 'ReaderGone';
  }
}

/**
 * Wraps a stream such as standard output.
 *
 * @param onGone hears once when its reader has left
 */
export function createWriter(stream: Writable, onGone: () => void): Writer {
  let gone = false;
  let fault: Error | undefined;
  const waiting = new Set<() => void>();
  const wake = (): void => {
    for (const resolve of waiting) resolve();
    waiting.clear();
  };
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') gone = true;
    else fault = error;
    if (gone) onGone();
    wake();
  });
  stream.on('drain', wake);
  const check = (): void => {
    if (fault !== undefined) throw fault;
    if (gone) throw new ReaderGone();
  };
  return {
    async write(text) {
      check();
      if (!stream.write(text)) await new Promise<void>((resolve) => waiting.add(resolve));
      check();
    },
  };
}
