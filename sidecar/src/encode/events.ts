import { BodyEncoding, type Direction, type Outcome } from '@culvert/proto';
import type { BodyCapture } from '../capture/exchange/body.ts';
import type { Exchange } from '../capture/exchange/exchange.ts';
import { REQUEST_ID_LENGTH, writeRequestId, type RequestIdWords } from '../capture/exchange/request-id.ts';
import type { Trailers } from '../capture/http1/message.ts';
import { requestBound, responseBound, writeFields, writeRequest, writeResponse } from './heads.ts';
import { closeMessage, copySlice, openMessage, writeNumberField, writeVarint } from './wire.ts';

/** Tags of TrafficBatch.events, TrafficEvent, HttpExchange and what they hold, from culvert/v1/traffic.proto. */
const EVENTS = 0x32;
const EVENT = { requestId: 0x0a, request: 0x12, response: 0x1a, body: 0x2a, end: 0x32, exchange: 0x42 };
const EXCHANGE = { request: 0x0a, response: 0x12 };
const RESPONSE_END = 0x42;
const END = {
  duration: 0x08,
  requestBytes: 0x10,
  responseBytes: 0x18,
  requestTruncated: 0x20,
  responseTruncated: 0x28,
  requestTrailers: 0x32,
  responseTrailers: 0x3a,
  outcome: 0x40,
  requestCaptured: 0x48,
  responseCaptured: 0x50,
  requestEnd: 0x58,
  responseEnd: 0x60,
};
const BODY = { direction: 0x08, offset: 0x10, data: 0x1a, last: 0x20, encoding: 0x28 };

const EVENT_OVERHEAD = 2 * 5 + 2 + REQUEST_ID_LENGTH;
const END_BOUND = 96;
const BODY_BOUND = 40;

/** How an exchange ended, and when in Unix milliseconds. */
export interface Ending {
  readonly outcome: Outcome;
  readonly endedAt: number;
}

/** An upper bound for {@link writeExchangeEvent} in bytes. */
export function exchangeEventBound(exchange: Exchange): number {
  return requestEventBound(exchange) + responseEventBound(exchange) + endEventBound(exchange);
}

/** Writes a whole exchange as one event. Its request head must still be held. */
export function writeExchangeEvent(
  buffer: Uint8Array,
  offset: number,
  exchange: Exchange,
  ending: Ending,
): number {
  const event = openEvent(buffer, offset, exchange);
  const message = openMessage(buffer, afterId(event), EVENT.exchange);
  const request = openMessage(buffer, message, EXCHANGE.request);
  let p = request;
  if (exchange.request !== null) p = writeRequest(buffer, p, exchange, exchange.request);
  closeMessage(buffer, request, p);
  const response = openMessage(buffer, p, EXCHANGE.response);
  p = response;
  if (exchange.response !== null) p = writeResponse(buffer, p, exchange, exchange.response);
  const end = openMessage(buffer, p, RESPONSE_END);
  p = writeEnd(buffer, end, exchange, ending);
  closeMessage(buffer, end, p);
  closeMessage(buffer, response, p);
  closeMessage(buffer, message, p);
  closeMessage(buffer, event, p);
  return p;
}

/** An upper bound for {@link writeRequestEvent} in bytes. */
export function requestEventBound(exchange: Exchange): number {
  return EVENT_OVERHEAD + (exchange.request === null ? 0 : requestBound(exchange, exchange.request));
}

/** Writes the request of an exchange that is still open. */
export function writeRequestEvent(buffer: Uint8Array, offset: number, exchange: Exchange): number {
  const event = openEvent(buffer, offset, exchange);
  const message = openMessage(buffer, afterId(event), EVENT.request);
  const p = exchange.request === null ? message : writeRequest(buffer, message, exchange, exchange.request);
  closeMessage(buffer, message, p);
  closeMessage(buffer, event, p);
  return p;
}

/** An upper bound for {@link writeResponseEvent} in bytes. */
export function responseEventBound(exchange: Exchange): number {
  return EVENT_OVERHEAD + (exchange.response === null ? 0 : responseBound(exchange.response));
}

/** Writes the response head of an exchange that is still open. */
export function writeResponseEvent(buffer: Uint8Array, offset: number, exchange: Exchange): number {
  const event = openEvent(buffer, offset, exchange);
  const message = openMessage(buffer, afterId(event), EVENT.response);
  const p =
    exchange.response === null ? message : writeResponse(buffer, message, exchange, exchange.response);
  closeMessage(buffer, message, p);
  closeMessage(buffer, event, p);
  return p;
}

/** An upper bound for {@link writeEndEvent} in bytes. */
export function endEventBound(exchange: Exchange): number {
  return (
    EVENT_OVERHEAD +
    END_BOUND +
    trailersBound(exchange.requestTrailers) +
    trailersBound(exchange.responseTrailers)
  );
}

/** Writes the end of an exchange that was published open. */
export function writeEndEvent(
  buffer: Uint8Array,
  offset: number,
  exchange: Exchange,
  ending: Ending,
): number {
  const event = openEvent(buffer, offset, exchange);
  const message = openMessage(buffer, afterId(event), EVENT.end);
  const p = writeEnd(buffer, message, exchange, ending);
  closeMessage(buffer, message, p);
  closeMessage(buffer, event, p);
  return p;
}

/** An upper bound for {@link writeBodyEvent} in bytes. */
export function bodyEventBound(bytes: number): number {
  return EVENT_OVERHEAD + BODY_BOUND + bytes;
}

/**
 * Writes held body bytes as a chunk. The caller releases them.
 *
 * @param last whether the body ends with this chunk
 */
export function writeBodyEvent(
  buffer: Uint8Array,
  offset: number,
  id: RequestIdWords,
  direction: Direction,
  body: BodyCapture,
  last: boolean,
): number {
  const event = openEvent(buffer, offset, id);
  const message = openMessage(buffer, afterId(event), EVENT.body);
  let p = writeNumberField(buffer, message, BODY.direction, direction);
  p = writeNumberField(buffer, p, BODY.offset, body.written);
  if (body.first !== null) {
    buffer[p] = BODY.data;
    p = writeVarint(buffer, p + 1, body.held);
    p = copySlice(buffer, p, body.first, 0, body.first.length);
    if (body.more !== null) for (const part of body.more) p = copySlice(buffer, p, part, 0, part.length);
  }
  p = writeNumberField(buffer, p, BODY.last, last ? 1 : 0);
  p = writeNumberField(buffer, p, BODY.encoding, BodyEncoding.BODY_ENCODING_IDENTITY);
  closeMessage(buffer, message, p);
  closeMessage(buffer, event, p);
  return p;
}

function openEvent(buffer: Uint8Array, offset: number, id: RequestIdWords): number {
  const event = openMessage(buffer, offset, EVENTS);
  buffer[event] = EVENT.requestId;
  buffer[event + 1] = REQUEST_ID_LENGTH;
  writeRequestId(buffer, event + 2, id);
  return event;
}

function afterId(event: number): number {
  return event + 2 + REQUEST_ID_LENGTH;
}

function writeEnd(buffer: Uint8Array, offset: number, exchange: Exchange, ending: Ending): number {
  const { requestBody, responseBody, requestTrailers, responseTrailers } = exchange;
  const durationUs = Math.max(0, Math.round((ending.endedAt - exchange.startedAt) * 1000));
  let p = writeNumberField(buffer, offset, END.duration, durationUs);
  if (requestBody !== null) {
    p = writeNumberField(buffer, p, END.requestBytes, requestBody.total);
    p = writeNumberField(buffer, p, END.requestTruncated, requestBody.truncated ? 1 : 0);
    p = writeNumberField(buffer, p, END.requestCaptured, requestBody.written + requestBody.held);
  }
  if (responseBody !== null) {
    p = writeNumberField(buffer, p, END.responseBytes, responseBody.total);
    p = writeNumberField(buffer, p, END.responseTruncated, responseBody.truncated ? 1 : 0);
    p = writeNumberField(buffer, p, END.responseCaptured, responseBody.written + responseBody.held);
  }
  if (requestTrailers !== null) {
    p = writeFields(buffer, p, END.requestTrailers, requestTrailers.bytes, requestTrailers.fields);
  }
  if (responseTrailers !== null) {
    p = writeFields(buffer, p, END.responseTrailers, responseTrailers.bytes, responseTrailers.fields);
  }
  p = writeNumberField(buffer, p, END.outcome, ending.outcome);
  p = writeNumberField(buffer, p, END.requestEnd, exchange.requestEnd);
  return writeNumberField(buffer, p, END.responseEnd, exchange.responseEnd);
}

function trailersBound(trailers: Trailers | null): number {
  return trailers === null ? 0 : trailers.bytes.length + (trailers.fields.length >>> 2) * 10;
}
