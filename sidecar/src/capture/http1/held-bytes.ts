/** So many pieces are kept by reference; more are joined, so that tiny ones don't cost many times their length. */
const MOST_PIECES = 64;

/** Received bytes that can't be read yet, in order. */
export class HeldBytes {
  #pieces: Buffer[] = [];
  #length = 0;

  /** How many bytes are held. */
  get length(): number {
    return this.#length;
  }

  /** Puts a piece behind all others. */
  add(piece: Buffer): void {
    this.#length += piece.length;
    this.#pieces.push(piece);
    if (this.#pieces.length > MOST_PIECES) this.#pieces = [Buffer.concat(this.#pieces)];
  }

  /** Puts back the rest of the piece that was taken last. */
  putBack(rest: Buffer): void {
    this.#length += rest.length;
    this.#pieces.unshift(rest);
  }

  /** Takes the oldest piece; undefined when nothing is held. */
  take(): Buffer | undefined {
    const piece = this.#pieces.shift();
    this.#length -= piece?.length ?? 0;
    return piece;
  }

  /** Lets go of everything. */
  clear(): void {
    this.#pieces = [];
    this.#length = 0;
  }
}
