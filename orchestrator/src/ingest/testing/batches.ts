import {
  BodyEncoding,
  Direction,
  EventKind,
  Outcome,
  type TrafficBatch,
  type AgentIdentity,
  type BodyChunk,
  type ExchangeEnd,
  type Header,
  type HttpRequestData,
  type HttpResponseData,
  type TrafficEvent,
} from '@culvert/proto';
import { createRequestIdMinter } from '@culvert/traffic/request-id';

/** A request id of now, or of another time in Unix milliseconds. */
export const mintRequestId: (unixMs?: number) => string = (() => {
  const mint = createRequestIdMinter();
  return (unixMs = Date.now()) => mint(unixMs);
})();

/** Who publishes in tests. */
export const IDENTITY: AgentIdentity = {
  cluster: 'local',
  namespace: 'shop',
  workload: 'Deployment/cart',
  pod: 'cart-1',
  node: 'node.1',
  version: '0.1.0',
  role: 'capture',
};

const BOOT = Buffer.alloc(16, 7);

/** Header fields from pairs, each byte a latin1 character. */
export function fields(...pairs: readonly (readonly [string, string])[]): Header[] {
  return pairs.map(([name, value]) => ({
    name: Buffer.from(name, 'latin1'),
    value: Buffer.from(value, 'latin1'),
  }));
}

/** A request as the sidecar would tell it. */
export function request(more: Partial<HttpRequestData> = {}): HttpRequestData {
  return {
    method: 'GET',
    url: Buffer.from('http://cart.local:8080/items?id=1'),
    httpVersion: '1.1',
    headers: fields(['Host', 'cart.local:8080'], ['Accept', '*/*']),
    body: Buffer.alloc(0),
    tls: undefined,
    peerAddress: '10.0.0.9:51000',
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    startedAt: { seconds: 1_790_000_000, nanos: 123_456_000 },
    capturedPort: 8080,
    replayOf: '',
    target: undefined,
    ...more,
  };
}

/** A response head. */
export function response(more: Partial<HttpResponseData> = {}): HttpResponseData {
  return {
    status: 200,
    reason: 'OK',
    httpVersion: '1.1',
    headers: fields(['Content-Length', '2'], ['Set-Cookie', 'a=1'], ['Set-Cookie', 'b=2']),
    body: Buffer.alloc(0),
    tls: undefined,
    firstByteUs: 1_234,
    end: undefined,
    ...more,
  };
}

/** How an exchange ended. */
export function end(more: Partial<ExchangeEnd> = {}): ExchangeEnd {
  return {
    durationUs: 5_678,
    requestBodyBytes: 0,
    responseBodyBytes: 2,
    requestTruncated: false,
    responseTruncated: false,
    requestTrailers: [],
    responseTrailers: fields(['X-Checksum', '42']),
    outcome: Outcome.OUTCOME_COMPLETE,
    requestCapturedBytes: 0,
    responseCapturedBytes: 2,
    requestEnd: undefined,
    responseEnd: undefined,
    ...more,
  };
}

/** A whole exchange in one event. */
export function exchangeEvent(
  requestId = mintRequestId(),
  more: { request?: Partial<HttpRequestData>; response?: Partial<HttpResponseData> } = {},
): TrafficEvent {
  return {
    requestId,
    event: {
      $case: 'exchange',
      exchange: { request: request(more.request), response: response({ end: end(), ...more.response }) },
    },
  };
}

/** An exchange in three parts, in the order in which they happen. */
export function partEvents(requestId = mintRequestId()): [TrafficEvent, TrafficEvent, TrafficEvent] {
  return [
    { requestId, event: { $case: 'request', request: request() } },
    { requestId, event: { $case: 'response', response: response() } },
    { requestId, event: { $case: 'end', end: end() } },
  ];
}

/** A chunk of a body. */
export function bodyEvent(requestId = mintRequestId(), more: Partial<BodyChunk> = {}): TrafficEvent {
  const body = {
    direction: Direction.DIRECTION_RESPONSE,
    offset: 0,
    data: Buffer.from('ok'),
    last: true,
    encoding: BodyEncoding.BODY_ENCODING_IDENTITY,
    ...more,
  };
  return { requestId, event: { $case: 'body', body } };
}

/** A batch around events, the first of its agent unless told otherwise. */
export function batch(events: readonly TrafficEvent[], more: Partial<TrafficBatch> = {}): TrafficBatch {
  return {
    schemaVersion: 1,
    agentId: 'agent-1',
    bootId: BOOT,
    kind: EventKind.EVENT_KIND_EXCHANGE,
    firstSequence: 1,
    events: [...events],
    identity: IDENTITY,
    ...more,
  };
}
