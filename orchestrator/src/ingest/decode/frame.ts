import { Direction } from '@culvert/proto';
import { bounded } from './exchange.ts';
import { toTextBytes } from './text.ts';
import { readTimestamp } from './timestamp.ts';
import type { WireReader } from './wire.ts';

/** A WebSocketFrame or a ServerSentEvent as a row of `websocket_frames`. Times are microseconds since 1970. */
export interface FrameColumns {
  index: number;
  at: number | undefined;
  direction: number;
  opcode: number | undefined;
  fin: boolean | undefined;
  event: Buffer | undefined;
  eventId: Buffer | undefined;
  payloadBytes: number;
  truncated: boolean;
  payload: Buffer;
}

const INT2_MAX = 0x7fff;

function noFrame(direction: number): FrameColumns {
  return {
    index: 0,
    at: undefined,
    direction,
    opcode: undefined,
    fin: undefined,
    event: undefined,
    eventId: undefined,
    payloadBytes: 0,
    truncated: false,
    payload: Buffer.alloc(0),
  };
}

/** Reads a WebSocketFrame. */
export function readWebSocketFrame(reader: WireReader): FrameColumns {
  const frame = noFrame(Direction.DIRECTION_UNSPECIFIED);
  frame.opcode = 0;
  frame.fin = false;
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08:
        frame.direction = bounded(reader.number(), INT2_MAX, 'direction');
        break;
      case 0x10:
        frame.opcode = bounded(reader.number(), INT2_MAX, 'opcode');
        break;
      case 0x18:
        frame.fin = reader.number() !== 0;
        break;
      case 0x22:
        frame.payload = reader.view();
        break;
      case 0x28:
        frame.payloadBytes = reader.number();
        break;
      case 0x30:
        frame.truncated = reader.number() !== 0;
        break;
      case 0x3a:
        frame.at = readTimestamp(reader);
        break;
      case 0x40:
        frame.index = reader.number();
        break;
      default:
        reader.skip(tag);
    }
  }
  return frame;
}

/** Reads a ServerSentEvent: always from the server, always whole. */
export function readServerSentEvent(reader: WireReader): FrameColumns {
  const frame = noFrame(Direction.DIRECTION_RESPONSE);
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        frame.event = toTextBytes(reader.view());
        break;
      case 0x12:
        frame.eventId = toTextBytes(reader.view());
        break;
      case 0x1a:
        frame.payload = reader.view();
        frame.payloadBytes = frame.payload.length;
        break;
      case 0x22:
        frame.at = readTimestamp(reader);
        break;
      case 0x28:
        frame.index = reader.number();
        break;
      default:
        reader.skip(tag);
    }
  }
  return frame;
}
