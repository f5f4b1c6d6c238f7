import { EventKind } from '@culvert/proto';
import { REQUEST_ID_LENGTH } from '../capture/exchange/request-id.ts';

/** Where one event of a batch stands, its tag and length included, and whether the books count it. */
export interface EventSpan {
  readonly from: number;
  readonly to: number;
  readonly counted: 0 | 1;
}

/** Tags of TrafficEvent in culvert/v1/traffic.proto: an exchange is counted where it ends. */
const END = 0x32;
const EXCHANGE = 0x42;

/** Finds the events that this process wrote one after the other into a batch. */
export function* eventSpans(
  buffer: Uint8Array,
  start: number,
  end: number,
  kind: EventKind,
): Generator<EventSpan> {
  for (let from = start; from < end;) {
    let message = from + 1;
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = buffer[message++] as number;
      length += (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    const what = buffer[message + 2 + REQUEST_ID_LENGTH];
    const counted = kind !== EventKind.EVENT_KIND_EXCHANGE || what === END || what === EXCHANGE ? 1 : 0;
    yield { from, to: message + length, counted };
    from = message + length;
  }
}
