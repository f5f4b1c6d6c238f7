/**
 * Rows in the binary format of COPY (Postgres manual, "COPY", Binary Format), written into one growing buffer.
 *
 * Numbers are written byte by byte rather than through Buffer's checked methods: this is the hottest loop of ingest.
 */
export interface CopyBuffer {
  /** How many bytes have been written. */
  position(): number;
  /** Takes back what was written after a position. */
  truncate(position: number): void;
  /** What was written between two positions, as a view that holds until the next write. */
  slice(start: number, end: number): Buffer;
  /** Empties the buffer and gives back memory that was needed only once. */
  clear(): void;

  /** Begins a row of so many columns, which must follow. */
  row(columns: number): void;
  empty(): void;
  boolean(value: boolean | undefined): void;
  int2(value: number | undefined): void;
  int4(value: number | undefined): void;
  /** Whole numbers up to 2^53 on either side of zero. */
  int8(value: number | undefined): void;
  float8(value: number): void;
  /** A timestamptz from microseconds since 1970. */
  time(unixUs: number | undefined): void;
  /** Text as UTF-8, bytea, or the 16 bytes of a uuid. */
  bytes(value: Uint8Array | undefined): void;
  text(value: string | undefined): void;
  /** A part of some bytes, as {@link bytes} would write it. */
  span(source: Buffer, start: number, end: number): void;
  /** Several parts of some bytes as one value, with one more byte in front of each. */
  tagged(tag: number, source: Buffer, bounds: readonly number[]): void;
  /** Bytes that are already columns: lengths with values. */
  raw(columns: Uint8Array): void;
}

/** What stands before the first row and after the last one. */
export const COPY_HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
export const COPY_TRAILER = Buffer.from([0xff, 0xff]);

const FIRST_BYTES = 256 * 1024;
const KEPT_BYTES = 16 * 1024 * 1024;
/** 2000-01-01, the zero of Postgres, in microseconds since 1970. */
const POSTGRES_EPOCH_US = 946_684_800_000_000;
const SHORT = 48;

/** Makes an empty buffer. */
export function createCopyBuffer(): CopyBuffer {
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let at = 0;

  function reserve(bytes: number): void {
    if (at + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, at + bytes));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function put4(value: number): void {
    buffer[at] = value >>> 24;
    buffer[at + 1] = value >>> 16;
    buffer[at + 2] = value >>> 8;
    buffer[at + 3] = value;
    at += 4;
  }

  function none(): void {
    reserve(4);
    put4(-1);
  }

  function int8(value: number | undefined): void {
    if (value === undefined) return none();
    reserve(12);
    put4(8);
    put4(Math.floor(value / 0x1_0000_0000));
    put4(value % 0x1_0000_0000);
  }

  function append(value: Uint8Array): void {
    if (value.length > SHORT) buffer.set(value, at);
    else copyShort(buffer, at, value, 0, value.length);
    at += value.length;
  }

  function appendSpan(source: Buffer, start: number, end: number): void {
    if (end - start > SHORT) source.copy(buffer, at, start, end);
    else copyShort(buffer, at, source, start, end);
    at += end - start;
  }

  return {
    position: () => at,
    truncate(position) {
      at = position;
    },
    slice: (start, end) => buffer.subarray(start, end),
    clear() {
      at = 0;
      if (buffer.length > KEPT_BYTES) buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    },
    row(columns) {
      reserve(2);
      buffer[at] = columns >>> 8;
      buffer[at + 1] = columns;
      at += 2;
    },
    empty: none,
    boolean(value) {
      if (value === undefined) return none();
      reserve(5);
      put4(1);
      buffer[at++] = value ? 1 : 0;
    },
    int2(value) {
      if (value === undefined) return none();
      reserve(6);
      put4(2);
      buffer[at] = value >>> 8;
      buffer[at + 1] = value;
      at += 2;
    },
    int4(value) {
      if (value === undefined) return none();
      reserve(8);
      put4(4);
      put4(value);
    },
    int8,
    float8(value) {
      reserve(12);
      put4(8);
      at = buffer.writeDoubleBE(value, at);
    },
    time(unixUs) {
      int8(unixUs === undefined ? undefined : unixUs - POSTGRES_EPOCH_US);
    },
    bytes(value) {
      if (value === undefined) return none();
      reserve(4 + value.length);
      put4(value.length);
      append(value);
    },
    text(value) {
      if (value === undefined) return none();
      const length = Buffer.byteLength(value);
      reserve(4 + length);
      put4(length);
      at += buffer.write(value, at);
    },
    span(source, start, end) {
      reserve(4 + end - start);
      put4(end - start);
      appendSpan(source, start, end);
    },
    tagged(tag, source, bounds) {
      let length = bounds.length >> 1;
      let adjacent = true;
      for (let i = 0; i < bounds.length; i += 2) {
        length += (bounds[i + 1] as number) - (bounds[i] as number);
        if (i > 0 && bounds[i] !== (bounds[i - 1] as number) + 1) adjacent = false;
      }
      reserve(4 + length);
      put4(length);
      if (length === 0) return;
      if (!adjacent) {
        for (let i = 0; i < bounds.length; i += 2) {
          buffer[at++] = tag;
          appendSpan(source, bounds[i] as number, bounds[i + 1] as number);
        }
        return;
      }
      // With one byte between them, that byte is the tag they had: one copy for all, then the tags anew.
      const shift = at + 1 - (bounds[0] as number);
      source.copy(buffer, at + 1, bounds[0], bounds.at(-1));
      for (let i = 0; i < bounds.length; i += 2) buffer[(bounds[i] as number) + shift - 1] = tag;
      at += length;
    },
    raw(columns) {
      reserve(columns.length);
      append(columns);
    },
  };
}

function copyShort(target: Buffer, at: number, source: Uint8Array, start: number, end: number): void {
  for (let i = start, to = at; i < end; i++, to++) target[to] = source[i] as number;
}
