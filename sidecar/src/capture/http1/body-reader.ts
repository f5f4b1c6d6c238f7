import { ChunkedBody, type BodyEvents } from './chunked-body.ts';

/** A body that ends when the connection does. */
export const UNTIL_CLOSE = Infinity;

/** Passes on the body of one message after the other, whatever its framing. */
export class BodyReader {
  readonly #trailerBytes: number;
  readonly #paddedSizes: boolean;
  /** Made for the first chunked message: most connections see none. */
  #chunked: ChunkedBody | null = null;
  #isChunked = false;
  #left = 0;

  /**
   * @param trailerBytes the largest trailer section in bytes
   * @param paddedSizes whether blanks may stand behind the size of a chunk
   */
  constructor(trailerBytes: number, paddedSizes: boolean) {
    this.#trailerBytes = trailerBytes;
    this.#paddedSizes = paddedSizes;
  }

  /** Whether the body ends with the connection. */
  get endsWithConnection(): boolean {
    return !this.#isChunked && this.#left === UNTIL_CLOSE;
  }

  /** Whether the last byte was read. */
  get ended(): boolean {
    return this.#isChunked ? this.#chunked!.ended : this.#left === 0;
  }

  /** A body of so many bytes comes, or one {@link UNTIL_CLOSE}. */
  expect(length: number): void {
    this.#isChunked = false;
    this.#left = length;
  }

  /** A chunked body comes. */
  expectChunks(): void {
    this.#isChunked = true;
    this.#chunked ??= new ChunkedBody(this.#trailerBytes, this.#paddedSizes);
    this.#chunked.reset();
  }

  /**
   * Reads on until something was reported or the received bytes ended.
   *
   * @returns the position in `chunk` that was reached, BAD or TOO_LARGE
   */
  read(chunk: Buffer, from: number, events: BodyEvents): number {
    if (this.#isChunked) return this.#chunked!.read(chunk, from, events);
    const end = Math.min(chunk.length, from + this.#left);
    this.#left -= end - from;
    events.onBody(from === 0 && end === chunk.length ? chunk : chunk.subarray(from, end));
    return end;
  }
}
