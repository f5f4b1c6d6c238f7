import { Socket } from 'node:net';

/** What a stream calls once bytes were written or could not be. */
type Written = (error?: Error | null) => void;

/**
 * A socket that stays readable after a write failed. A server that refuses an upload answers, closes and resets what
 * still comes; an ordinary socket would be destroyed by the failing write, and the answer lost with it.
 */
export class UpstreamSocket extends Socket {
  /** Why the last write failed; the error is raised when everything that was received has been read. */
  #failure: Error | undefined;

  override _write(chunk: Buffer, encoding: BufferEncoding, written: Written): void {
    super._write(chunk, encoding, this.#outlive(written));
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], written: Written): void {
    super._writev?.(chunks, this.#outlive(written));
  }

  /** To be called at the end of what was received: whether that end was a failure, which is now raised. */
  raiseFailure(): boolean {
    if (this.#failure === undefined) return false;
    this.destroy(this.#failure);
    return true;
  }

  #outlive(written: Written): Written {
    return (error) => {
      if (error === null || error === undefined || this.readableEnded) written(error);
      // Not answered, so the stream writes nothing more and its writer is held back.
      else this.#failure = error;
    };
  }
}
