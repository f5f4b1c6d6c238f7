/**
 * Reads a section of a message (a head, a trailer section) once over, byte by byte, and can stop between any two.
 *
 * `bytes` may be another buffer at each call as long as the section starts at `base` in it and `from` is where the
 * call before stopped. Offsets that a scanner keeps are counted from `base`.
 */
export interface Scanner {
  /**
   * @returns the position behind the section in `bytes`, {@link MORE} when it goes on behind `end`, {@link BAD} when
   * it can't be valid any more
   */
  scan(bytes: Buffer, base: number, from: number, end: number): number;
}

/** The section needs more bytes. */
export const MORE = -1;
/** The section is not valid. */
export const BAD = -2;
/** The section is longer than it may be. */
export const TOO_LARGE = -3;
