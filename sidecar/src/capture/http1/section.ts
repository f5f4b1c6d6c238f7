import { BAD, MORE, TOO_LARGE, type Scanner } from './scanner.ts';

const NOTHING = Buffer.alloc(0);
const FIRST_CAPACITY = 1024;
/** How much is appended before it is looked at: what follows the section in a chunk is hardly ever copied. */
const PIECE = 4096;

/**
 * Brings a section of a message before its scanner, in one piece if it arrives in one, else joined from copies.
 * Every byte is scanned once, however the section is split.
 */
export class Section {
  /** The section, once {@link read} found its end. */
  bytes: Buffer = NOTHING;
  #held: Buffer | null = null;
  #length = 0;

  /**
   * @param limit the section's largest length in bytes, empty line included
   * @returns the position behind the section in `chunk`, MORE, BAD or TOO_LARGE
   */
  read(scanner: Scanner, chunk: Buffer, from: number, limit: number): number {
    if (this.#held !== null) return this.#join(scanner, this.#held, chunk, from, limit);
    const end = Math.min(chunk.length, from + limit);
    const found = scanner.scan(chunk, from, from, end);
    if (found >= 0) {
      this.bytes = from === 0 && found === chunk.length ? chunk : chunk.subarray(from, found);
      return found;
    }
    if (found === BAD) return BAD;
    if (end - from === limit) return TOO_LARGE;
    this.#held = Buffer.allocUnsafe(Math.min(limit, Math.max(FIRST_CAPACITY, 2 * (end - from))));
    this.#length = chunk.copy(this.#held, 0, from, end);
    return MORE;
  }

  /** Lets go of what was collected. */
  release(): void {
    this.#held = null;
    this.bytes = NOTHING;
  }

  #join(scanner: Scanner, joined: Buffer, chunk: Buffer, from: number, limit: number): number {
    let held = joined;
    for (let position = from; position < chunk.length;) {
      const before = this.#length;
      const length = before + Math.min(chunk.length - position, PIECE, limit - before);
      if (length > held.length) held = this.#held = grow(held, before, length, limit);
      chunk.copy(held, before, position, position + length - before);
      this.#length = length;
      const found = scanner.scan(held, 0, before, length);
      if (found >= 0) {
        this.bytes = held.subarray(0, found);
        this.#held = null;
        return position + found - before;
      }
      if (found === BAD) return BAD;
      if (length === limit) return TOO_LARGE;
      position += length - before;
    }
    return MORE;
  }
}

function grow(held: Buffer, used: number, needed: number, limit: number): Buffer {
  const grown = Buffer.allocUnsafe(Math.min(limit, Math.max(needed, 2 * held.length)));
  held.copy(grown, 0, 0, used);
  return grown;
}
