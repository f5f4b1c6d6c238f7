import type { PlainRequest } from './plain-request.ts';

const json = ['Content-Type', 'application/json'];
const text = (value: string): Buffer[] => [Buffer.from(value)];
const binary = (bytes: number): Buffer =>
  Buffer.from(Array.from({ length: bytes }, (_, n) => (n * 31) % 256));

/** What the demo sends with an ordinary client over kept-alive connections. */
export const catalogue: readonly PlainRequest[] = [
  { method: 'GET', target: '/' },
  { method: 'GET', target: '/orders' },
  { method: 'GET', target: '/orders?status=open&sort=-id&tag=a&tag=b&q=caf%C3%A9%20%2F%20t%C3%A9' },
  { method: 'GET', target: '/orders/3', headers: ['Accept', 'application/json', 'Accept', '*/*;q=0.1'] },
  { method: 'HEAD', target: '/orders' },
  { method: 'OPTIONS', target: '/orders' },
  { method: 'OPTIONS', target: '*' },
  { method: 'POST', target: '/orders', headers: json, body: text('{"item":"kettle","count":2}') },
  { method: 'PUT', target: '/orders/4', headers: json, body: text('{"item":"lamp"}') },
  { method: 'PATCH', target: '/orders/5', headers: json, body: text('{"status":"shipped"}') },
  { method: 'DELETE', target: '/orders/6' },
  { method: 'PROPFIND', target: '/orders', headers: ['Depth', '1'], body: [] },
  {
    method: 'POST',
    target: '/login',
    headers: ['Content-Type', 'application/x-www-form-urlencoded', 'Cookie', 'a=1; b=2'],
    body: text('user=ada&password=correct+horse'),
  },
  { method: 'POST', target: '/uploads', body: [] },
  { method: 'POST', target: '/uploads', headers: ['Content-Type', 'image/x-sample'], body: [binary(3_000)] },
  { method: 'POST', target: '/uploads', body: [binary(200 * 1024)] },
  { method: 'POST', target: '/uploads', body: [binary(1), binary(700), binary(20_000)] },
  {
    method: 'POST',
    target: '/uploads?trailers=yes',
    headers: ['Trailer', 'X-Checksum'],
    body: text('sent before its checksum'),
    trailers: [['X-Checksum', 'c0ffee']],
  },
  {
    method: 'PUT',
    target: '/uploads',
    headers: ['Expect', '100-continue'],
    body: text('after 100 Continue'),
  },
  { method: 'GET', target: '/report' },
  { method: 'GET', target: '/early' },
  { method: 'GET', target: '/catalogue', headers: ['Accept-Encoding', 'gzip'] },
  { method: 'GET', target: '/logo' },
  { method: 'GET', target: '/logo', headers: ['If-None-Match', '"v1"'] },
  { method: 'GET', target: '/large' },
  { method: 'GET', target: '/moved' },
  { method: 'GET', target: '/private' },
  { method: 'GET', target: '/forbidden', headers: ['Authorization', 'Bearer not-a-real-token'] },
  { method: 'GET', target: '/nothing/here' },
  { method: 'GET', target: '/limited' },
  { method: 'GET', target: '/broken' },
  { method: 'GET', target: '/busy' },
  { method: 'GET', target: '/slow?ms=400' },
  {
    method: 'GET',
    target: '/orders/7',
    headers: ['traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'],
  },
];

/** A long answer that is shown as open while it lasts. */
export const longRequest: PlainRequest = {
  method: 'GET',
  target: '/events?count=10',
  headers: ['Accept', 'text/event-stream'],
};
