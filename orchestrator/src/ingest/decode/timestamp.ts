import { WireError, type WireReader } from './wire.ts';

/** The last second of the year 9999. */
const MAX_SECONDS = 253_402_300_799;

/**
 * Reads the google.protobuf.Timestamp that the reader stands at.
 *
 * @returns microseconds since 1970
 */
export function readTimestamp(reader: WireReader): number {
  let seconds = 0;
  let nanos = 0;
  const outer = reader.enter();
  while (reader.more()) {
    const tag = reader.number();
    if (tag === 0x08) seconds = reader.number();
    else if (tag === 0x10) nanos = reader.number();
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (seconds > MAX_SECONDS || nanos > 999_999_999) throw new WireError('a timestamp is out of range');
  return seconds * 1_000_000 + Math.floor(nanos / 1_000);
}
