import type { WholeExchange } from '../exchange/exchange.ts';

/** An exchange that ended well, with what is given instead. */
export function exchangeWith(fields: Partial<WholeExchange> = {}): WholeExchange {
  return {
    requestId: '019aa7f2-1b3e-7c1a-9f00-52d1a0c0ffee',
    state: 'COMPLETE',
    timestamp: '2026-11-21T14:52:23.123Z',
    receivedAt: '2026-11-21T14:52:23.200Z',
    method: 'GET',
    url: 'http://shop.example/items?id=7',
    scheme: 'http',
    host: 'shop.example',
    path: '/items?id=7',
    httpVersion: '1.1',
    responseHttpVersion: '1.1',
    reasonPhrase: 'OK',
    status: 200,
    durationMs: 12.345,
    firstByteMs: 9.876,
    requestBodyBytes: 0,
    responseBodyBytes: 2,
    requestTruncated: false,
    responseTruncated: false,
    requestBodyState: 'COMPLETE',
    responseBodyState: 'COMPLETE',
    cluster: 'local',
    namespace: 'shop',
    workload: 'Deployment/cart',
    pod: 'cart-0',
    node: 'node-1',
    agentId: 'agent-1',
    peerAddress: '10.0.0.7:51234',
    capturedPort: 8082,
    traceId: null,
    tls: null,
    requestTarget: null,
    requestHeaders: headers(['Host', 'shop.example'], ['User-Agent', 'probe/1']),
    responseHeaders: headers(['Content-Type', 'text/plain'], ['Content-Length', '2']),
    requestTrailers: null,
    responseTrailers: null,
    requestBody: '',
    responseBody: base64('ok'),
    ...fields,
  };
}

/** Header fields as they travel; values hold one character a byte. */
export function headers(...fields: readonly (readonly [name: string, value: string])[]): string {
  return JSON.stringify(fields);
}

/** A body as it travels. */
export function base64(body: string | Uint8Array): string {
  return Buffer.from(body as string).toString('base64');
}
