import { sendBytes, type BytesCall } from './calls/bytes.ts';
import { followEvents, type EventsCall } from './calls/events.ts';
import { fetchTimes, type FetchCall } from './calls/fetch.ts';
import { callEcho, type GrpcCall } from './calls/grpc.ts';
import { receiveLines, type LinesCall } from './calls/lines.ts';
import { fetchOverTls, type TlsCall } from './calls/tls.ts';
import { talk, type WebSocketCall } from './calls/websocket.ts';

/** Every kind of call that `node call.ts KIND JSON` makes: what it takes and what it prints as JSON. */
export const calls = {
  bytes: (call: BytesCall) => sendBytes(call),
  events: (call: EventsCall) => followEvents(call),
  fetch: (call: FetchCall) => fetchTimes(call),
  grpc: (call: GrpcCall) => callEcho(call),
  lines: (call: LinesCall) => receiveLines(call),
  tls: (call: TlsCall) => fetchOverTls(call),
  websocket: (call: WebSocketCall) => talk(call),
} as const;

if (import.meta.main) {
  const [kind = '', text = '{}'] = process.argv.slice(2);
  const make = calls[kind as keyof typeof calls] as (call: unknown) => Promise<unknown>;
  console.log(JSON.stringify(await make(JSON.parse(text))));
}
