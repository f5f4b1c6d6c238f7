/**
 * What capturing costs without sockets and NATS: bytes in, encoded batches out. Prints nanoseconds an exchange, the
 * lowest and the median of several rounds: `node sidecar/bench/capture.bench.ts`.
 */
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { systemClock } from '@culvert/runtime/clock';
import { createBooks } from '../src/books/books.ts';
import { Recorder } from '../src/capture/exchange/recorder.ts';
import { Tracker } from '../src/capture/exchange/tracker.ts';
import { encodePeer } from '../src/capture/tap/peer.ts';
import { createBatchMaker } from '../src/publish/batch.ts';
import { createAgent } from '../src/publish/identity.ts';
import { Placeholders } from '../src/select/placeholders.ts';
import { PortTable } from '../src/select/port-table.ts';
import { Selector } from '../src/select/selector.ts';
import { Spool } from '../src/spool/spool.ts';

const ROUNDS = 15;
const EXCHANGES = 50_000;
const CONNECTIONS = 64;

const body = '0123456789abcdef'.repeat(64);
const request = 'GET /r HTTP/1.1\r\nHost: 127.0.0.1:19003\r\n\r\n';
const response =
  'HTTP/1.1 200 OK\r\nServer: nginx/1.22.1\r\nDate: Sat, 21 Nov 2026 09:00:00 GMT\r\nContent-Type: text/plain\r\n' +
  `Content-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n${body}`;

const books = createBooks();
const now = (): number => systemClock.now();
const identity = {
  cluster: 'c',
  namespace: 'n',
  workload: 'w',
  pod: 'p',
  node: 'o',
  version: '0',
  role: 'capture',
};
const maker = createBatchMaker(createAgent('agent', identity));
const spool = new Spool({
  limitBytes: 32 * 1024 * 1024,
  headroom: maker.headroom,
  books,
  now,
  onContent: (sealed) => {
    if (sealed) drain();
  },
});
const recorder = new Recorder({
  spool,
  books,
  heldLimit: 8 * 1024 * 1024,
  openAfterMs: 250,
  reserve: () => undefined,
  now,
  wakeAt: () => undefined,
  onError: console.error,
});
const { of: placeholder } = new Placeholders();
const context = {
  recorder,
  selector: new Selector({ recorder, books, placeholder, onError: console.error }),
  books,
  limits: { headBytes: 65_536, heldBytes: 65_536 },
  onError: console.error,
};
const port = new PortTable({ ports: {}, otherPorts: DEFAULT_RULES }).forPort(8082);
const facts = { encodedPeer: encodePeer('127.0.0.1', 40_000, 8082), upstreamAuthority: new Uint8Array() };
const trackers = Array.from({ length: CONNECTIONS }, () => new Tracker(context, facts, port));

function drain(): void {
  for (let segment = spool.take(1e9); segment !== undefined; segment = spool.take(1e9)) {
    maker.make(segment, 0);
    spool.release(segment, true);
  }
}

function round(): number {
  const started = performance.now();
  for (let i = 0; i < EXCHANGES / CONNECTIONS; i++) {
    // As from sockets: every read is a new piece of memory.
    for (const tracker of trackers) tracker.fromClient(Buffer.from(request, 'latin1'), now());
    for (const tracker of trackers) tracker.fromUpstream(Buffer.from(response, 'latin1'), now());
  }
  return ((performance.now() - started) * 1e6) / EXCHANGES;
}

function baseline(): number {
  const started = performance.now();
  let bytes = 0;
  for (let i = 0; i < EXCHANGES; i++) {
    bytes += Buffer.from(request, 'latin1').length + Buffer.from(response, 'latin1').length;
  }
  if (bytes === 0) throw new Error('nothing was made');
  return ((performance.now() - started) * 1e6) / EXCHANGES;
}

const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
const costs = Array.from({ length: ROUNDS }, round);
const reads = Array.from({ length: ROUNDS }, baseline);
console.log(
  `capture ${Math.min(...costs).toFixed(0)} ns lowest, ${median(costs).toFixed(0)} ns median an exchange, ` +
    `of which making the chunks ${median(reads).toFixed(0)} ns`,
);
