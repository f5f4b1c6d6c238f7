import { BodyEncoding, Direction, Outcome, type TrafficEvent } from '@culvert/proto';

/** Bytes of each response body. */
export const BODY_BYTES = 512;
const EVERY_HALVED = 10;

/** One made-up exchange as an agent would publish it. */
export interface MadeExchange {
  /** The event that begins it; the whole exchange unless it is told in halves. */
  readonly first: TrafficEvent;
  /** The events that come later, when it is told in halves. */
  readonly second: readonly TrafficEvent[];
  readonly body: TrafficEvent;
}

const NOTHING = Buffer.alloc(0);
const BODY = Buffer.alloc(BODY_BYTES, '{"item":"0123456789","price":12.5},');
const REQUEST_HEADERS = fields({
  Host: 'orders.shop.svc.cluster.local:8080',
  'User-Agent': 'orders-client/2.14.1 (linux; x64)',
  Accept: 'application/json',
  'Accept-Encoding': 'gzip, deflate, br',
  'Accept-Language': 'en-GB,en;q=0.8',
  'X-Request-Id': '6b7f2f39c8d54f6c9b0e7b1f9a4c1d22',
  Connection: 'keep-alive',
});
const RESPONSE_HEADERS = fields({
  Date: 'Sat, 21 Nov 2026 08:00:00 GMT',
  'Content-Type': 'application/json; charset=utf-8',
  'Content-Length': String(BODY_BYTES),
  'Cache-Control': 'no-store',
  'X-Served-By': 'orders-7c9d8b6f5-x2x7q',
});

/**
 * Makes exchange number `index`: a GET with seven fields, answered by five and 0.5 KiB. Each tenth is told in
 * halves: its beginning, and later its response head and its end.
 */
export function makeExchange(index: number, requestId: string, startedAtMs: number): MadeExchange {
  const request = {
    method: 'GET',
    url: Buffer.from(`http://orders.shop.svc.cluster.local:8080/orders/${index}?page=${index % 50}&size=20`),
    httpVersion: '1.1',
    headers: REQUEST_HEADERS,
    body: NOTHING,
    tls: undefined,
    peerAddress: `10.42.${index % 16}.${index % 250}:${32_768 + (index % 20_000)}`,
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    startedAt: { seconds: Math.floor(startedAtMs / 1000), nanos: Math.floor((startedAtMs % 1000) * 1e6) },
    capturedPort: 8080,
    replayOf: '',
  };
  const end = {
    durationUs: 1200 + (index % 900),
    requestBodyBytes: 0,
    responseBodyBytes: BODY_BYTES,
    requestTruncated: false,
    responseTruncated: false,
    requestTrailers: [],
    responseTrailers: [],
    outcome: Outcome.OUTCOME_COMPLETE,
    requestCapturedBytes: 0,
    responseCapturedBytes: BODY_BYTES,
  };
  const response = {
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    headers: RESPONSE_HEADERS,
    body: NOTHING,
    tls: undefined,
    firstByteUs: 900 + (index % 700),
    end: undefined,
  };
  const body: TrafficEvent = {
    requestId,
    event: {
      $case: 'body',
      body: {
        direction: Direction.DIRECTION_RESPONSE,
        offset: 0,
        data: BODY,
        last: true,
        encoding: BodyEncoding.BODY_ENCODING_IDENTITY,
      },
    },
  };
  if (index % EVERY_HALVED !== 0) {
    const exchange = { request, response: { ...response, end } };
    return { first: { requestId, event: { $case: 'exchange', exchange } }, second: [], body };
  }
  return {
    first: { requestId, event: { $case: 'request', request } },
    second: [
      { requestId, event: { $case: 'response', response } },
      { requestId, event: { $case: 'end', end } },
    ],
    body,
  };
}

function fields(record: Readonly<Record<string, string>>): { name: Buffer; value: Buffer }[] {
  return Object.entries(record).map(([name, value]) => ({
    name: Buffer.from(name),
    value: Buffer.from(value),
  }));
}
