import type { Columns } from './columns.ts';
import { SLOT } from './exchange-columns.ts';
import { readUuid } from './request-id.ts';
import { latin1Bytes } from './text.ts';
import { readTimestamp } from './timestamp.ts';
import { readUrl } from './url.ts';
import { WireError, type WireReader } from './wire.ts';

// Tags are field number × 8 + wire type, as culvert/v1/traffic.proto numbers the fields.

const INT2_MAX = 0x7fff;
const INT4_MAX = 0x7fffffff;

/** Reads an HttpExchange into columns. Either side may be missing: not every exchange has both heads. */
export function readExchange(reader: WireReader, into: Columns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        readNested(reader, into, readRequest);
        break;
      case 0x12:
        readNested(reader, into, readResponse);
        break;
      default:
        reader.skip(tag);
    }
  }
}

/** Reads an HttpRequestData into columns. */
export function readRequest(reader: WireReader, into: Columns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        into.setText(SLOT.method, reader);
        break;
      case 0x12:
        readUrl(reader, into);
        break;
      case 0x1a:
        into.setText(SLOT.http_version, reader);
        break;
      case 0x22:
        into.addHeader(SLOT.request_headers, reader);
        break;
      case 0x32:
        readNested(reader, into, readTls);
        break;
      case 0x3a:
        into.setText(SLOT.peer_address, reader);
        break;
      case 0x42:
        into.setText(SLOT.traceparent, reader);
        break;
      case 0x4a:
        into.setNumber(SLOT.started_at, readTimestamp(reader));
        break;
      case 0x50:
        into.setNumber(SLOT.captured_port, bounded(reader.number(), INT4_MAX, 'captured_port'));
        break;
      case 0x5a:
        readReplayOf(reader, into);
        break;
      case 0x62:
        into.setBytes(SLOT.request_target, latin1Bytes(reader.view()));
        break;
      default:
        reader.skip(tag);
    }
  }
  // A request without a method is an exchange whose request head was not seen.
  if (into.source(SLOT.method) !== undefined) into.setBlock(SLOT.request_headers, reader);
}

/** Reads an HttpResponseData into columns, and its end if it has one. */
export function readResponse(reader: WireReader, into: Columns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08: {
        const status = bounded(reader.number(), INT2_MAX, 'status');
        if (status === 0) break;
        into.setNumber(SLOT.status, status);
        // A response without a status carries the end of an exchange whose response head was not seen.
        into.setBlock(SLOT.response_headers, reader);
        break;
      }
      case 0x12:
        into.setText(SLOT.reason, reader);
        break;
      case 0x1a:
        into.setText(SLOT.response_http_version, reader);
        break;
      case 0x22:
        into.addHeader(SLOT.response_headers, reader);
        break;
      case 0x38:
        into.setNumber(SLOT.first_byte_us, reader.number());
        break;
      case 0x42:
        readNested(reader, into, readEnd);
        break;
      default:
        reader.skip(tag);
    }
  }
}

/** What an ExchangeEnd says by saying nothing; how the messages ended stays unknown then. */
const END_DEFAULTS = [
  SLOT.duration_us,
  SLOT.outcome,
  SLOT.request_body_bytes,
  SLOT.response_body_bytes,
  SLOT.request_captured_bytes,
  SLOT.response_captured_bytes,
  SLOT.request_truncated,
  SLOT.response_truncated,
];

/** Reads an ExchangeEnd into columns. */
export function readEnd(reader: WireReader, into: Columns): void {
  for (const slot of END_DEFAULTS) into.setNumber(slot, 0);
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08:
        into.setNumber(SLOT.duration_us, reader.number());
        break;
      case 0x10:
        into.setNumber(SLOT.request_body_bytes, reader.number());
        break;
      case 0x18:
        into.setNumber(SLOT.response_body_bytes, reader.number());
        break;
      case 0x20:
        into.setNumber(SLOT.request_truncated, reader.number());
        break;
      case 0x28:
        into.setNumber(SLOT.response_truncated, reader.number());
        break;
      case 0x32:
        into.addHeader(SLOT.request_trailers, reader);
        break;
      case 0x3a:
        into.addHeader(SLOT.response_trailers, reader);
        break;
      case 0x40:
        into.setNumber(SLOT.outcome, bounded(reader.number(), INT2_MAX, 'outcome'));
        break;
      case 0x48:
        into.setNumber(SLOT.request_captured_bytes, reader.number());
        break;
      case 0x50:
        into.setNumber(SLOT.response_captured_bytes, reader.number());
        break;
      case 0x58:
        into.setNumber(SLOT.request_end, bounded(reader.number(), INT2_MAX, 'request_end'));
        break;
      case 0x60:
        into.setNumber(SLOT.response_end, bounded(reader.number(), INT2_MAX, 'response_end'));
        break;
      default:
        reader.skip(tag);
    }
  }
}

function readTls(reader: WireReader, into: Columns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        into.setText(SLOT.tls_version, reader);
        break;
      case 0x12:
        into.setText(SLOT.tls_cipher_suite, reader);
        break;
      case 0x1a:
        into.setText(SLOT.tls_server_name, reader);
        break;
      case 0x22:
        into.setText(SLOT.tls_alpn, reader);
        break;
      default:
        reader.skip(tag);
    }
  }
}

function readReplayOf(reader: WireReader, into: Columns): void {
  const end = reader.length();
  const start = reader.position;
  reader.position = end;
  if (start === end) return;
  const uuid = Buffer.alloc(16);
  if (!readUuid(reader.bytes, start, end, uuid)) throw new WireError('replay_of is no UUID');
  into.setBytes(SLOT.replay_of, uuid);
}

function readNested(
  reader: WireReader,
  into: Columns,
  read: (reader: WireReader, into: Columns) => void,
): void {
  const outer = reader.enter();
  read(reader, into);
  reader.leave(outer);
}

/** The wire allows larger numbers than the column. */
export function bounded(value: number, max: number, name: string): number {
  if (value > max) throw new WireError(`${name} is ${value}, more than ${max}`);
  return value;
}
