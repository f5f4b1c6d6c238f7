import * as zlib from 'node:zlib';

/** What bytes a content coding hides, or why that can't be said. */
export type Decoded =
  | { readonly kind: 'decoded'; readonly bytes: Buffer; readonly codings: readonly string[] }
  | { readonly kind: 'undecodable'; readonly coding: string; readonly reason: string };

/** A few kilobytes can be made to decode to gigabytes. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_CODINGS = 4;

/**
 * Undoes the content codings of a body (RFC 9110 §8.4). Of a body that was cut, what can be decoded is.
 *
 * @param encoding the value of Content-Encoding
 */
export function decodeBody(body: Buffer, encoding: string | undefined): Decoded {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS)
    return { kind: 'undecodable', coding: encoding ?? '', reason: `more than ${MAX_CODINGS} codings` };
  let bytes = body;
  if (bytes.length === 0) return { kind: 'decoded', bytes, codings };
  for (const coding of codings.toReversed()) {
    const decode = decoders.get(coding);
    if (decode === undefined) return { kind: 'undecodable', coding, reason: 'no decoder for it here' };
    try {
      bytes = decode(bytes);
    } catch (error) {
      return { kind: 'undecodable', coding, reason: reasonOf(error) };
    }
  }
  return { kind: 'decoded', bytes, codings };
}

const bounded = { maxOutputLength: MAX_BYTES };
const deflated = { ...bounded, finishFlush: zlib.constants.Z_SYNC_FLUSH };

const decoders = new Map<string, (bytes: Buffer) => Buffer>([
  ['gzip', (bytes) => zlib.gunzipSync(bytes, deflated)],
  ['x-gzip', (bytes) => zlib.gunzipSync(bytes, deflated)],
  ['deflate', inflate],
  [
    'br',
    (bytes) =>
      zlib.brotliDecompressSync(bytes, { ...bounded, finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH }),
  ],
  ...zstandard(),
]);

/** It means the zlib format, but senders exist that leave its frame out (RFC 9110 §8.4.1.2). */
function inflate(bytes: Buffer): Buffer {
  const isZlib = ((bytes[0] ?? 0) & 0x0f) === 8 && (((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0)) % 31 === 0;
  return isZlib ? zlib.inflateSync(bytes, deflated) : zlib.inflateRawSync(bytes, deflated);
}

/** Node has it from 22.15 on. */
function zstandard(): [string, (bytes: Buffer) => Buffer][] {
  const { zstdDecompressSync } = zlib as Partial<typeof zlib>;
  if (zstdDecompressSync === undefined) return [];
  const flush = zlib.constants.ZSTD_e_flush;
  return [['zstd', (bytes) => zstdDecompressSync(bytes, { ...bounded, finishFlush: flush })]];
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ERR_BUFFER_TOO_LARGE' ? `more than ${MAX_BYTES / 1024 / 1024} MiB` : message;
}
