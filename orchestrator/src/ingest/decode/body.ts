import { bounded } from './exchange.ts';
import type { WireReader } from './wire.ts';

/** A BodyChunk as a row of `http_bodies`; its data as a place in the message. */
export interface BodyColumns {
  direction: number;
  offset: number;
  last: boolean;
  encoding: number;
  dataStart: number;
  dataEnd: number;
}

const INT2_MAX = 0x7fff;

/** Reads a BodyChunk. */
export function readBody(reader: WireReader): BodyColumns {
  const body = { direction: 0, offset: 0, last: false, encoding: 0, dataStart: 0, dataEnd: 0 };
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08:
        body.direction = bounded(reader.number(), INT2_MAX, 'direction');
        break;
      case 0x10:
        body.offset = reader.number();
        break;
      case 0x1a:
        body.dataEnd = reader.length();
        body.dataStart = reader.position;
        reader.position = body.dataEnd;
        break;
      case 0x20:
        body.last = reader.number() !== 0;
        break;
      case 0x28:
        body.encoding = bounded(reader.number(), INT2_MAX, 'encoding');
        break;
      default:
        reader.skip(tag);
    }
  }
  return body;
}
