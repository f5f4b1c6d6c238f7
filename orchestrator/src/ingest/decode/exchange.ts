import type { ExchangeColumns } from './exchange-columns.ts';
import { headerBlockBuilder } from './header-block.ts';
import { readUuid } from './request-id.ts';
import { toTextBytes, toTextColumn } from './text.ts';
import { readTimestamp } from './timestamp.ts';
import { splitUrl } from './url.ts';
import { WireError, type WireReader } from './wire.ts';

// Tags are field number × 8 + wire type, as culvert/v1/traffic.proto numbers the fields.

const INT2_MAX = 0x7fff;
const INT4_MAX = 0x7fffffff;

/** Reads an HttpExchange into columns. Either side may be missing: not every exchange has both heads. */
export function readExchange(reader: WireReader, into: ExchangeColumns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        readRequest(reader.message(), into);
        break;
      case 0x12:
        readResponse(reader.message(), into);
        break;
      default:
        reader.skip(tag);
    }
  }
}

/** Reads an HttpRequestData into columns. */
export function readRequest(reader: WireReader, into: ExchangeColumns): void {
  const headers = headerBlockBuilder();
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        into.method = toTextColumn(reader.view());
        break;
      case 0x12:
        readUrl(reader.view(), into);
        break;
      case 0x1a:
        into.httpVersion = toTextColumn(reader.view());
        break;
      case 0x22:
        headers.add(reader);
        break;
      case 0x32:
        readTls(reader.message(), into);
        break;
      case 0x3a:
        into.peerAddress = toTextColumn(reader.view());
        break;
      case 0x42:
        into.traceparent = toTextColumn(reader.view());
        break;
      case 0x4a:
        into.startedAt = readTimestamp(reader.message());
        break;
      case 0x50:
        into.capturedPort = bounded(reader.number(), INT4_MAX, 'captured_port');
        break;
      case 0x5a:
        into.replayOf = readOptionalUuid(reader.view());
        break;
      default:
        reader.skip(tag);
    }
  }
  // A request without a method is an exchange whose request head was not seen.
  if (into.method !== undefined) into.requestHeaders = headers.build();
}

/** Reads an HttpResponseData into columns, and its end if it has one. */
export function readResponse(reader: WireReader, into: ExchangeColumns): void {
  const headers = headerBlockBuilder();
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08: {
        const status = bounded(reader.number(), INT2_MAX, 'status');
        if (status !== 0) into.status = status;
        break;
      }
      case 0x12:
        into.reason = toTextBytes(reader.view());
        break;
      case 0x1a:
        into.responseHttpVersion = toTextColumn(reader.view());
        break;
      case 0x22:
        headers.add(reader);
        break;
      case 0x38:
        into.firstByteUs = reader.number();
        break;
      case 0x42:
        readEnd(reader.message(), into);
        break;
      default:
        reader.skip(tag);
    }
  }
  // A response without a status carries the end of an exchange whose response head was not seen.
  if (into.status !== undefined) into.responseHeaders = headers.build();
}

/** Reads an ExchangeEnd into columns. */
export function readEnd(reader: WireReader, into: ExchangeColumns): void {
  const requestTrailers = headerBlockBuilder();
  const responseTrailers = headerBlockBuilder();
  into.durationUs = into.outcome = 0;
  into.requestBodyBytes = into.responseBodyBytes = 0;
  into.requestCapturedBytes = into.responseCapturedBytes = 0;
  into.requestTruncated = into.responseTruncated = false;
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x08:
        into.durationUs = reader.number();
        break;
      case 0x10:
        into.requestBodyBytes = reader.number();
        break;
      case 0x18:
        into.responseBodyBytes = reader.number();
        break;
      case 0x20:
        into.requestTruncated = reader.number() !== 0;
        break;
      case 0x28:
        into.responseTruncated = reader.number() !== 0;
        break;
      case 0x32:
        requestTrailers.add(reader);
        break;
      case 0x3a:
        responseTrailers.add(reader);
        break;
      case 0x40:
        into.outcome = bounded(reader.number(), INT2_MAX, 'outcome');
        break;
      case 0x48:
        into.requestCapturedBytes = reader.number();
        break;
      case 0x50:
        into.responseCapturedBytes = reader.number();
        break;
      default:
        reader.skip(tag);
    }
  }
  if (!requestTrailers.empty()) into.requestTrailers = requestTrailers.build();
  if (!responseTrailers.empty()) into.responseTrailers = responseTrailers.build();
}

function readUrl(bytes: Buffer, into: ExchangeColumns): void {
  const url = toTextBytes(bytes);
  const parts = splitUrl(url);
  into.url = url;
  into.scheme = parts.scheme;
  into.host = parts.host;
  into.path = parts.path;
}

function readTls(reader: WireReader, into: ExchangeColumns): void {
  while (reader.more()) {
    const tag = reader.number();
    switch (tag) {
      case 0x0a:
        into.tlsVersion = toTextColumn(reader.view());
        break;
      case 0x12:
        into.tlsCipherSuite = toTextColumn(reader.view());
        break;
      case 0x1a:
        into.tlsServerName = toTextColumn(reader.view());
        break;
      case 0x22:
        into.tlsAlpn = toTextColumn(reader.view());
        break;
      default:
        reader.skip(tag);
    }
  }
}

function readOptionalUuid(text: Buffer): Buffer | undefined {
  if (text.length === 0) return undefined;
  const uuid = readUuid(text);
  if (uuid === undefined) throw new WireError('replay_of is no UUID');
  return uuid;
}

/** The wire allows larger numbers than the column. */
export function bounded(value: number, max: number, name: string): number {
  if (value > max) throw new WireError(`${name} is ${value}, more than ${max}`);
  return value;
}
