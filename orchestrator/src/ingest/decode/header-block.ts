import { WireError, type WireReader } from './wire.ts';

/**
 * Gathers the repeated Header fields of a message into an encoded HeaderBlock, which has the same fields under
 * another number: each is copied as it stands behind a new tag.
 */
export interface HeaderBlockBuilder {
  /** Takes the field that begins at the reader's position, behind its tag. */
  add(reader: WireReader): void;
  empty(): boolean;
  /** The encoded block. */
  build(): Buffer;
}

/** The tag of HeaderBlock.headers. */
const TAG = 0x0a;

/** Starts an empty block. */
export function headerBlockBuilder(): HeaderBlockBuilder {
  const ranges: number[] = [];
  let source: Buffer | undefined;
  let size = 0;
  return {
    add(reader) {
      const start = reader.position;
      checkHeader(reader.message());
      source = reader.bytes;
      ranges.push(start, reader.position);
      size += 1 + reader.position - start;
    },
    empty: () => size === 0,
    build() {
      const block = Buffer.allocUnsafe(size);
      let position = 0;
      for (let i = 0; i < ranges.length; i += 2) {
        block[position++] = TAG;
        position += (source as Buffer).copy(block, position, ranges[i], ranges[i + 1]);
      }
      return block;
    },
  };
}

/** What is stored must be readable later: a header that isn't fails its event now. */
function checkHeader(header: WireReader): void {
  while (header.more()) {
    const tag = header.number();
    if (tag === 0) throw new WireError('a header has a field of number 0');
    header.skip(tag);
  }
}
