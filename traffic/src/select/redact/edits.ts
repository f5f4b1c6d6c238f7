import { utf8 } from '../spans.ts';

/**
 * Makes the text that stands for a secret.
 *
 * @returns ASCII; equal for equal spans as long as the key is the same
 */
export type Placeholder = (bytes: Uint8Array, start: number, end: number) => Uint8Array;

/** So many secrets of one head get a text of their own: hashing takes time, and heads are written by strangers. */
const MOST_KEYED = 64;
const UNKEYED = utf8('redacted');

/** Spans of a head that are to be replaced. */
export class Edits {
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #isOrdered = true;

  get empty(): boolean {
    return this.#starts.length === 0;
  }

  reset(): void {
    // Even to the length that it has, setting it costs more than all else where nothing is redacted.
    if (this.#starts.length === 0) return;
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#isOrdered = true;
  }

  /** Marks a span, in any order; spans that overlap become one. An empty span holds no secret. */
  replace(start: number, end: number): void {
    if (end <= start) return;
    if (start < (this.#ends.at(-1) ?? 0)) this.#isOrdered = false;
    this.#starts.push(start);
    this.#ends.push(end);
  }

  /**
   * Writes a copy with all spans replaced.
   *
   * @param offsets ascending positions in `bytes`, none of them within a span
   * @returns the copy, and the same positions in it
   */
  apply(
    bytes: Uint8Array,
    offsets: readonly number[],
    placeholder: Placeholder,
  ): { bytes: Uint8Array<ArrayBuffer>; offsets: number[] } {
    if (!this.#isOrdered) this.#order();
    const texts = this.#starts.map((start, index) =>
      index < MOST_KEYED ? placeholder(bytes, start, this.#ends[index]!) : UNKEYED,
    );
    let grown = 0;
    for (const [index, text] of texts.entries()) grown += text.length - this.#length(index);
    const copy = new Uint8Array(bytes.length + grown);
    let from = 0;
    let to = 0;
    for (const [index, text] of texts.entries()) {
      const start = this.#starts[index]!;
      copy.set(bytes.subarray(from, start), to);
      copy.set(text, to + start - from);
      to += start - from + text.length;
      from = this.#ends[index]!;
    }
    copy.set(bytes.subarray(from), to);
    return { bytes: copy, offsets: this.#shift(offsets, texts) };
  }

  #order(): void {
    const spans = this.#starts.map((start, index) => [start, this.#ends[index]!] as const);
    spans.sort(([a], [b]) => a - b);
    this.reset();
    for (const [start, end] of spans) {
      const last = this.#ends.length - 1;
      if (last >= 0 && start < this.#ends[last]!) this.#ends[last] = Math.max(end, this.#ends[last]!);
      else this.replace(start, end);
    }
  }

  #shift(offsets: readonly number[], texts: readonly Uint8Array[]): number[] {
    let passed = 0;
    let shift = 0;
    return offsets.map((offset) => {
      for (; passed < texts.length && this.#ends[passed]! <= offset; passed++) {
        shift += texts[passed]!.length - this.#length(passed);
      }
      return offset + shift;
    });
  }

  #length(index: number): number {
    return this.#ends[index]! - this.#starts[index]!;
  }
}
