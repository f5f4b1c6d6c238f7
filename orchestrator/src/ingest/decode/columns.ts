import { isAscii, toTextBytes } from './text.ts';
import { WireError, type WireReader } from './wire.ts';

/**
 * The columns of one row while its events are being read. Texts, ids and header fields are kept as places in the
 * message rather than as objects: one set of columns is used again for every event, and nothing is left to collect.
 */
export interface Columns {
  /** Nothing has been said. */
  clear(): void;
  setNumber(slot: number, value: number): void;
  /** The number, or NaN for none. */
  number(slot: number): number;
  /** Takes the text that the reader stands at: UTF-8, or else latin1. */
  setText(slot: number, reader: WireReader): void;
  /** Takes a part of the message as text that is known to be ASCII or UTF-8. */
  setSpan(slot: number, source: Buffer, start: number, end: number): void;
  /** Takes bytes from elsewhere. */
  setBytes(slot: number, value: Buffer): void;
  /** Takes the Header that the reader stands at as one more of the slot's block. */
  addHeader(slot: number, reader: WireReader): void;
  /** Says that there is a header block, even if it is empty. */
  setBlock(slot: number, reader: WireReader): void;
  /** The bytes of the slot's text, if it holds one: a source with its bounds. */
  source(slot: number): Buffer | undefined;
  start(slot: number): number;
  end(slot: number): number;
  /** The slot's header block as bounds of its fields in the message, two for each; undefined for none. */
  block(slot: number): readonly number[] | undefined;
  /** The message that holds the slot's header block. */
  blockSource(slot: number): Buffer;
}

/** @param slots how many columns there are */
export function createColumns(slots: number): Columns {
  const numbers = new Float64Array(slots);
  const sources = new Array<Buffer | undefined>(slots).fill(undefined);
  const starts = new Float64Array(slots);
  const ends = new Float64Array(slots);
  const blocks = Array.from({ length: slots }, (): number[] => []);
  // A value holds if it was set since the last clearing: clearing is counting, whatever the number of slots.
  let era = 1;
  const numberEras = new Float64Array(slots);
  const sourceEras = new Float64Array(slots);
  const blockEras = new Float64Array(slots);

  function setSpan(slot: number, source: Buffer, start: number, end: number): void {
    sourceEras[slot] = era;
    sources[slot] = source;
    starts[slot] = start;
    ends[slot] = end;
  }

  function setBlock(slot: number, source: Buffer): void {
    if (blockEras[slot] === era) return;
    blockEras[slot] = era;
    sources[slot] = source;
    (blocks[slot] as number[]).length = 0;
  }

  return {
    clear() {
      era++;
    },
    setNumber(slot, value) {
      numberEras[slot] = era;
      numbers[slot] = value;
    },
    number: (slot) => (numberEras[slot] === era ? (numbers[slot] as number) : Number.NaN),
    setText(slot, reader) {
      const end = reader.length();
      const start = reader.position;
      reader.position = end;
      if (isAscii(reader.bytes, start, end)) setSpan(slot, reader.bytes, start, end);
      else {
        const text = toTextBytes(reader.bytes.subarray(start, end));
        setSpan(slot, text, 0, text.length);
      }
    },
    setSpan,
    setBytes(slot, value) {
      setSpan(slot, value, 0, value.length);
    },
    addHeader(slot, reader) {
      const start = reader.position;
      checkHeader(reader);
      setBlock(slot, reader.bytes);
      (blocks[slot] as number[]).push(start, reader.position);
    },
    setBlock(slot, reader) {
      setBlock(slot, reader.bytes);
    },
    source: (slot) => (sourceEras[slot] === era ? sources[slot] : undefined),
    start: (slot) => starts[slot] as number,
    end: (slot) => ends[slot] as number,
    block: (slot) => (blockEras[slot] === era ? blocks[slot] : undefined),
    blockSource: (slot) => sources[slot] as Buffer,
  };
}

/** What is stored must be readable later: a header that isn't fails its event now. */
function checkHeader(reader: WireReader): void {
  const outer = reader.enter();
  while (reader.more()) {
    const tag = reader.number();
    if (tag === 0) throw new WireError('a header has a field of number 0');
    reader.skip(tag);
  }
  reader.leave(outer);
}
