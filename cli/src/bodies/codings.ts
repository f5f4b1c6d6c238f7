import * as zlib from 'node:zlib';

/** What a coding hides, and what is wrong with its stream, as a clause of a sentence. */
export interface Undone {
  readonly bytes: Buffer;
  readonly damage?: string;
}

/**
 * Undoes one coding.
 *
 * @param cut whether the bytes are only a beginning: what can be decoded is, and that it ends early is no damage
 * @throws Error of zlib when the bytes are not of the coding, or hide too much
 */
export type Decoder = (bytes: Buffer, cut: boolean) => Undone;

/** A few kilobytes can be made to decode to gigabytes. */
const MAX_BYTES = 64 * 1024 * 1024;

/** One stream: what it decodes to, and how many bytes it takes. */
interface Read {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
interface Settings {
  readonly maxOutputLength: number;
  readonly info: true;
  readonly finishFlush?: number;
}
type Reader = (bytes: Buffer, settings: Settings) => Read;

/** The decoders that this Node has, by the name of their coding in lower case (RFC 9110 §8.4.1). */
export const decoders: ReadonlyMap<string, Decoder> = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', one(zlib.brotliDecompressSync as unknown as Reader, zlib.constants.BROTLI_OPERATION_FLUSH)],
  ...zstandard(),
]);

/** Why a coding could not be undone. */
export function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' ? `more than ${MAX_BYTES / 1024 / 1024} MiB` : message;
}

/**
 * Streams that follow one another as long as one `begins`; what is left over behind them is damage.
 *
 * @param flush how a stream that ends early is read as far as it goes
 */
function streams(read: Reader, flush: number, begins: (rest: Buffer) => boolean): Decoder {
  return (bytes, cut) => {
    const parts: Buffer[] = [];
    let rest = bytes;
    let left = MAX_BYTES;
    let early = false;
    do {
      const part = readStream(read, rest, left, flush);
      parts.push(part.buffer);
      left -= part.buffer.length;
      ({ early } = part);
      rest = rest.subarray(part.taken);
    } while (!early && rest.length > 0 && begins(rest));
    return {
      bytes: Buffer.concat(parts),
      ...(early && !cut && { damage: 'its stream ends early' }),
      // Zeros behind a stream are padding.
      ...(!early &&
        rest.some((byte) => byte !== 0) && { damage: `${rest.length} bytes follow behind its stream` }),
    };
  };
}

function one(read: Reader, flush: number): Decoder {
  return streams(read, flush, () => false);
}

function readStream(
  read: Reader,
  bytes: Buffer,
  most: number,
  flush: number,
): { readonly buffer: Buffer; readonly taken: number; readonly early: boolean } {
  const settings = { maxOutputLength: Math.max(most, 1), info: true } as const;
  try {
    const { buffer, engine } = read(bytes, settings);
    return { buffer, taken: engine.bytesWritten, early: false };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
    return {
      buffer: read(bytes, { ...settings, finishFlush: flush }).buffer,
      taken: bytes.length,
      early: true,
    };
  }
}

const { Z_SYNC_FLUSH } = zlib.constants;
const GZIP = Buffer.from([0x1f, 0x8b, 8]);

/** Members of gzip may follow one another (RFC 1952 §2.2). Node reads them at once, unless other bytes follow. */
function gunzip(bytes: Buffer, cut: boolean): Undone {
  try {
    return one(zlib.gunzipSync as unknown as Reader, Z_SYNC_FLUSH)(bytes, cut);
  } catch (error) {
    const end = endOfMembers(bytes);
    if (end === undefined) throw error;
    const { bytes: decoded } = gunzip(bytes.subarray(0, end), cut);
    return { bytes: decoded, damage: `${bytes.length - end} bytes follow behind its stream` };
  }
}

/** Where the last whole member ends that others follow, if there is one. */
function endOfMembers(bytes: Buffer): number | undefined {
  let end = 0;
  while (bytes.subarray(end, end + GZIP.length).equals(GZIP)) {
    const start = end + headLength(bytes.subarray(end));
    try {
      const { taken, early } = readStream(
        zlib.inflateRawSync as unknown as Reader,
        bytes.subarray(start),
        MAX_BYTES,
        Z_SYNC_FLUSH,
      );
      if (early || start + taken + TRAILER_LENGTH >= bytes.length) break;
      end = start + taken + TRAILER_LENGTH;
    } catch {
      break;
    }
  }
  return end === 0 ? undefined : end;
}

const TRAILER_LENGTH = 8;
const FLAGS = { headChecksum: 2, extra: 4, name: 8, comment: 16 };

/** How long a member's head is (RFC 1952 §2.3). */
function headLength(member: Buffer): number {
  const flags = member[3] ?? 0;
  let length = 10;
  if (flags & FLAGS.extra) length += 2 + (member[length] ?? 0) + ((member[length + 1] ?? 0) << 8);
  for (const flag of [FLAGS.name, FLAGS.comment])
    if (flags & flag) length = member.indexOf(0, length) + 1 || length;
  return flags & FLAGS.headChecksum ? length + 2 : length;
}

/** It means the zlib format, but senders exist that leave its frame out (RFC 9110 §8.4.1.2). */
function inflate(bytes: Buffer, cut: boolean): Undone {
  const framed = one(zlib.inflateSync as unknown as Reader, Z_SYNC_FLUSH);
  const bare = one(zlib.inflateRawSync as unknown as Reader, Z_SYNC_FLUSH);
  const [first = 0, second] = bytes;
  const isFramed = (first & 0x0f) === 8 && (second === undefined || ((first << 8) | second) % 31 === 0);
  if (!isFramed) return bare(bytes, cut);
  try {
    return framed(bytes, cut);
  } catch (error) {
    try {
      return bare(bytes, cut);
    } catch {
      throw error;
    }
  }
}

const ZSTD = Buffer.from([0x28, 0xb5, 0x2f, 0xfd]);
const SKIPPABLE = Buffer.from([0x2a, 0x4d, 0x18]);

/** Node has it from 22.15 on. Frames may follow one another, and some hold nothing (RFC 8878 §3.1). */
function zstandard(): [string, Decoder][] {
  const { zstdDecompressSync } = zlib as Partial<typeof zlib>;
  if (zstdDecompressSync === undefined) return [];
  const begins = (rest: Buffer): boolean =>
    rest.subarray(0, 4).equals(ZSTD) || ((rest[0] ?? 0) >> 4 === 5 && rest.subarray(1, 4).equals(SKIPPABLE));
  return [['zstd', streams(zstdDecompressSync as unknown as Reader, zlib.constants.ZSTD_e_flush, begins)]];
}
