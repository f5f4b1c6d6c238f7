import { zstdDecompressSync } from 'node:zlib';
import { BodyEncoding } from '@culvert/proto';

/** No agent cuts a body into larger pieces; what claims to be larger was not made by one. */
const MAX_CHUNK_BYTES = 16 * 1024 * 1024;

/** One stored piece of a body. */
export interface StoredChunk {
  /** In bytes of the body, before any storage encoding. */
  readonly offset: number;
  /** The number of a BodyEncoding. */
  readonly encoding: number;
  readonly data: Buffer;
}

/**
 * Puts a body together as base64.
 *
 * @param chunks sorted by offset; what follows a gap is left out
 * @param empty whether the body is known to be empty
 * @param account is told each piece's length, also before the next one is unpacked; it throws when it is too much
 * @returns null when nothing of a body is there, the empty text for an empty body
 */
export function bodyText(
  chunks: readonly StoredChunk[],
  empty: boolean,
  account: (bytes: number) => void,
): string | null {
  const parts: Buffer[] = [];
  let length = 0;
  for (const chunk of chunks) {
    if (chunk.offset !== length) break;
    const part = decode(chunk);
    parts.push(part);
    length += part.length;
    account(part.length);
  }
  if (length === 0) return empty ? '' : null;
  return Buffer.concat(parts, length).toString('base64');
}

function decode(chunk: StoredChunk): Buffer {
  switch (chunk.encoding) {
    case BodyEncoding.BODY_ENCODING_UNSPECIFIED:
    case BodyEncoding.BODY_ENCODING_IDENTITY:
      return chunk.data;
    case BodyEncoding.BODY_ENCODING_ZSTD:
      return zstdDecompressSync(chunk.data, { maxOutputLength: MAX_CHUNK_BYTES });
    default:
      throw new Error(`body chunk has the unknown encoding ${chunk.encoding}`);
  }
}
