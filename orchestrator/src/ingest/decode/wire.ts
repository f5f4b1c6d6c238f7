/**
 * Reads protobuf's wire format in place. Ingest goes from the bytes of a batch to the bytes of a COPY without making
 * objects in between, because these cost more than everything else it does.
 */

/** Bytes that are not what they should be: truncated, overlong or of a wire type that nobody writes. */
export class WireError extends Error {}

/** Where field numbers and wire types stand in a tag. */
export const LENGTH_DELIMITED = 2;

/** A cursor over one message. */
export class WireReader {
  readonly bytes: Buffer;
  position: number;
  /** The offset behind the last byte of the message that is being read. */
  end: number;

  constructor(bytes: Buffer, start: number, end: number) {
    this.bytes = bytes;
    this.position = start;
    this.end = end;
  }

  /** Whether another field follows. */
  more(): boolean {
    return this.position < this.end;
  }

  /** An unsigned integer of at most 53 bits. */
  number(): number {
    let value = 0;
    let factor = 1;
    while (this.position < this.end) {
      const byte = this.bytes[this.position++] as number;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > Number.MAX_SAFE_INTEGER) throw new WireError('a number is too large');
        return value;
      }
      factor *= 128;
      // The tenth byte of a varint is its last one.
      if (factor > 2 ** 63) throw new WireError('a number is too long');
    }
    throw new WireError('the message ends inside a number');
  }

  /** Opens a length-delimited field: the offset behind it; the cursor stands at its first byte. */
  length(): number {
    const length = this.number();
    const end = this.position + length;
    if (end > this.end) throw new WireError('a field is longer than its message');
    return end;
  }

  /** Goes into a nested message; what comes back is for {@link leave}. */
  enter(): number {
    const outer = this.end;
    this.end = this.length();
    return outer;
  }

  /** Goes on behind the nested message. */
  leave(outer: number): void {
    this.position = this.end;
    this.end = outer;
  }

  /** The bytes of a length-delimited field, as a view. */
  view(): Buffer {
    const end = this.length();
    const view = this.bytes.subarray(this.position, end);
    this.position = end;
    return view;
  }

  /** Steps over a field of unknown number. */
  skip(tag: number): void {
    switch (tag & 7) {
      case 0:
        this.number();
        return;
      case 1:
        this.position += 8;
        break;
      case LENGTH_DELIMITED:
        this.position = this.length();
        return;
      case 5:
        this.position += 4;
        break;
      default:
        throw new WireError('a field has no known wire type');
    }
    if (this.position > this.end) throw new WireError('a field is longer than its message');
  }
}
