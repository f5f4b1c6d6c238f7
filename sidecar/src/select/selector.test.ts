import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TrafficEvent } from '@culvert/proto';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { systemClock } from '@culvert/runtime/clock';
import type { Placeholder } from '@culvert/traffic/select/redact/edits';
import type { PortRules } from '@culvert/traffic/select/rules';
import type { Books } from '../books/books.ts';
import type { Exchange } from '../capture/exchange/exchange.ts';
import { Tracker } from '../capture/exchange/tracker.ts';
import { encodePeer } from '../capture/tap/peer.ts';
import { createKit, exchangesOf } from '../capture/testing/kit.ts';

const PORT = 8080;
const SERVER_ERRORS = { statuses: [{ min: 500, max: 599 }] };
const NO_REDACTION = { headers: [], cookies: [], queryParameters: [] };

function setUp(
  rules: Partial<PortRules> = {},
  options: { heldLimit?: number; placeholder?: Placeholder } = {},
) {
  const kit = createKit({ ...options, rules });
  const facts = { encodedPeer: encodePeer('127.0.0.1', 4711, PORT), upstreamAuthority: new Uint8Array() };
  const connect = () => new Tracker(kit.context, facts, kit.context.ports.forPort(PORT));
  const tracker = connect();
  return {
    kit,
    connect,
    tracker,
    ask: (text: string, of = tracker) => {
      of.fromClient(Buffer.from(text, 'latin1'), systemClock.now());
    },
    answer: (text: string, of = tracker) => {
      of.fromUpstream(Buffer.from(text, 'latin1'), systemClock.now());
    },
  };
}

function get(path: string, ...fields: string[]): string {
  return [`GET ${path} HTTP/1.1`, 'Host: h', ...fields, '', ''].join('\r\n');
}

function response(status: number, body = 'ok', ...fields: string[]): string {
  return [`HTTP/1.1 ${status} S`, `Content-Length: ${body.length}`, ...fields, '', body].join('\r\n');
}

function balance({ exchange: b }: Books): number {
  const sum = (counts: ReadonlyMap<string, number>) => [...counts.values()].reduce((a, c) => a + c, 0);
  return b.captured - sum(b.excluded) - b.sampledOut - sum(b.dropped) - b.open - b.spooled - b.published;
}

function bodiesOf(events: readonly TrafficEvent[]): string {
  return events
    .flatMap(({ event }) => (event?.$case === 'body' ? [event.body.data.toString('latin1')] : []))
    .join('');
}

test('what a match does not name is counted and leaves nothing in the spool', () => {
  const { kit, ask, answer } = setUp({ match: [{ paths: [{ type: 'Prefix', value: '/api' }] }] });
  for (const path of ['/', '/api/1', '/other']) {
    ask(get(path));
    answer(response(200, `body of ${path}`));
  }
  const events = kit.events();
  assert.equal(exchangesOf(events).length, 1);
  assert.equal(bodiesOf(events), 'body of /api/1');
  assert.deepEqual([...kit.books.exchange.excluded], [['match', 2]]);
  assert.equal(kit.books.exchange.captured, 3);
  assert.equal(balance(kit.books), 0);
});

test("exclusions, the kubelet's probes and sampling are counted apart", () => {
  const rules = { exclude: [{ methods: ['OPTIONS'] }], excludeProbes: true };
  const { kit, ask, answer } = setUp({ ...rules, sampling: { numerator: 0, denominator: 100 } });
  ask(get('/', 'User-Agent: kube-probe/1.34'));
  answer(response(200));
  ask('OPTIONS / HTTP/1.1\r\nHost: h\r\n\r\n');
  answer(response(200));
  ask(get('/'));
  answer(response(200));
  assert.deepEqual(kit.events(), []);
  assert.deepEqual(
    [...kit.books.exchange.excluded],
    [
      ['probe', 1],
      ['exclude', 1],
    ],
  );
  assert.equal(kit.books.exchange.sampledOut, 1);
  assert.equal(balance(kit.books), 0);
});

test('an exchange that waits for its status is in no event before, however long it stays open', () => {
  const { kit, ask, answer } = setUp({ match: [SERVER_ERRORS] });
  ask('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nfirst.');
  kit.recorder.sweep(Infinity);
  assert.equal(kit.books.exchange.open, 1);
  assert.equal(balance(kit.books), 0);
  assert.deepEqual(kit.events(), []);
  answer('HTTP/1.1 500 S\r\nContent-Length: 4\r\n\r\n');
  kit.recorder.sweep(Infinity);
  answer('oops');
  const kinds = kit.events().map(({ event }) => event?.$case);
  assert.deepEqual(kinds.toSorted(), ['body', 'body', 'end', 'request', 'response']);
  assert.equal(balance(kit.books), 0);
});

test('a status that is not wanted leaves nothing, and neither does an answer that never comes', () => {
  const { kit, ask, answer, tracker } = setUp({ match: [SERVER_ERRORS] });
  ask('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\nsecret');
  answer(response(200));
  ask(get('/'));
  tracker.closed('upstream', systemClock.now());
  assert.deepEqual(kit.events(), []);
  assert.deepEqual([...kit.books.exchange.excluded], [['match', 2]]);
  assert.equal(kit.recorder.heldBytes, 0);
  assert.equal(balance(kit.books), 0);
});

test('with a status to exclude, an exchange without an answer is kept', () => {
  const { kit, ask, tracker } = setUp({ exclude: [SERVER_ERRORS] });
  ask(get('/'));
  tracker.closed('client', systemClock.now());
  assert.equal(exchangesOf(kit.events()).length, 1);
  assert.equal(balance(kit.books), 0);
});

test('B1: what undecided exchanges hold is bounded: beyond it bodies are cut, and counted as truncated', () => {
  const heldLimit = 400_000;
  const { kit, ask, answer } = setUp({ match: [SERVER_ERRORS] }, { heldLimit });
  ask('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n');
  for (let part = 0; part < 10; part++) ask(String(part).repeat(100_000));
  assert.ok(kit.recorder.heldBytes <= heldLimit, `${kit.recorder.heldBytes} bytes held`);
  answer(response(500));
  const events = kit.events();
  const [exchange] = exchangesOf(events);
  assert.equal(exchange?.response?.end?.requestBodyBytes, 1_000_000);
  assert.equal(exchange.response.end.requestTruncated, true);
  assert.equal(exchange.response.end.requestCapturedBytes, 300_000);
  assert.equal(bodiesOf(events), `${'0'.repeat(100_000)}${'1'.repeat(100_000)}${'2'.repeat(100_000)}ok`);
  assert.equal(kit.books.exchange.truncated, 1);
  assert.equal(kit.recorder.heldBytes, 0);
});

test('B1: an undecided exchange keeps no more in memory than what is counted', () => {
  const { kit, ask } = setUp({ match: [SERVER_ERRORS], requestBodyBytes: 100 });
  const begun: Exchange[] = [];
  const { recorder } = kit;
  const begin = recorder.begin.bind(recorder);
  recorder.begin = (exchange) => {
    begun.push(exchange);
    begin(exchange);
  };
  for (let round = 0; round < 20; round++) {
    const body = 'x'.repeat(60_000);
    ask(`POST / HTTP/1.1\r\nHost: h\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
  const kept = new Set(
    begun.flatMap(({ request, requestBody }) => [request?.bytes.buffer, requestBody?.first?.buffer]),
  );
  const size = [...kept].reduce((sum, buffer) => sum + (buffer?.byteLength ?? 0), 0);
  assert.equal(begun.length, 20);
  assert.ok(size < 20 * 60_000, `${size} bytes are kept, ${recorder.heldBytes} counted`);
});

test('B1: undecided exchanges whose heads alone exceed the bound are dropped and counted', () => {
  const { kit, ask, answer, connect } = setUp({ match: [SERVER_ERRORS] }, { heldLimit: 100_000 });
  const trackers = Array.from({ length: 20 }, connect);
  for (const tracker of trackers) ask(get('/', `Filler: ${'x'.repeat(30_000)}`), tracker);
  assert.ok(kit.recorder.heldBytes <= 200_000, `${kit.recorder.heldBytes} bytes held`);
  const dropped = kit.books.exchange.dropped.get('held_full') ?? 0;
  assert.ok(dropped > 0);
  assert.equal(balance(kit.books), 0);
  for (const tracker of trackers) answer(response(500), tracker);
  assert.equal(kit.books.exchange.spooled, 20 - dropped);
  assert.equal(balance(kit.books), 0);
  assert.equal(kit.recorder.heldBytes, 0);
});

test('bodies are cut at the limits of their direction', () => {
  const { kit, ask, answer } = setUp({ requestBodyBytes: 3, responseBodyBytes: 0 });
  ask('POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 6\r\n\r\n123456');
  answer(response(200, 'answer'));
  const events = kit.events();
  assert.equal(bodiesOf(events), '123');
  const end = exchangesOf(events)[0]?.response?.end;
  assert.deepEqual([end?.requestTruncated, end?.responseTruncated], [true, true]);
});

test('other rules hold for the next exchange of an open connection, and those of before for the one under way', () => {
  const { kit, ask, answer } = setUp();
  ask(get('/kept'));
  kit.context.ports.replace({ ports: {}, otherPorts: { ...DEFAULT_RULES, capture: false } });
  answer(response(200));
  ask(get('/left-out'));
  answer(response(200));
  kit.context.ports.replace({ ports: { [PORT]: DEFAULT_RULES }, otherPorts: DEFAULT_RULES });
  ask(get('/kept-again'));
  answer(response(200));
  const urls = exchangesOf(kit.events()).map(({ request }) => request?.url.toString());
  assert.deepEqual(urls, ['http://h/kept', 'http://h/kept-again']);
  assert.deepEqual([...kit.books.exchange.excluded], [['port', 1]]);
});

test('B4: secrets are replaced in URL, headers and trailers of both directions, equal ones by equal placeholders', () => {
  const redaction = { headers: ['authorization', 'x-sum'], cookies: ['sid'], queryParameters: ['token'] };
  const { kit, ask, answer } = setUp({ redaction });
  ask(
    'POST http://user:S3CRET@h/p?a=1&token=S3CRET HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer S3CRET\r\n' +
      'Cookie: a=b; sid=S3CRET\r\nReferer: http://h/?t%6Fken=S3CRET\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '0\r\nX-Sum: S3CRET\r\n\r\n',
  );
  answer(
    'HTTP/1.1 302 Found\r\nSet-Cookie: sid=S3CRET; HttpOnly\r\nLocation: /?token=S3CRET\r\n' +
      'Transfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: S3CRET\r\n\r\n',
  );
  const events = kit.events();
  const [exchange] = exchangesOf(events);
  const headers = [...(exchange?.request?.headers ?? []), ...(exchange?.response?.headers ?? [])];
  const value = (name: string) => headers.find((header) => header.name.toString() === name)?.value.toString();
  const placeholder = /sid=(redacted:[0-9a-f]{16})$/.exec(value('Cookie') ?? '')?.[1];
  assert.ok(placeholder);
  assert.ok(exchange?.request);
  assert.equal(
    exchange.request.url.toString(),
    `http://${redactedUser(exchange.request.url.toString())}@h/p?a=1&token=${placeholder}`,
  );
  assert.equal(value('Set-Cookie'), `sid=${placeholder}; HttpOnly`);
  assert.equal(value('Location'), `/?token=${placeholder}`);
  assert.match(value('Authorization') ?? '', /^redacted:[0-9a-f]{16}$/);
  const trailers = [exchange.response?.end?.requestTrailers, exchange.response?.end?.responseTrailers];
  assert.deepEqual(
    trailers.map((fields) => fields?.map(({ value: text }) => text.toString())),
    [[placeholder], [placeholder]],
  );
  assert.ok(
    !JSON.stringify(events, (_, part: unknown) =>
      Buffer.isBuffer(part) ? part.toString('latin1') : part,
    ).includes('S3CRET'),
  );
});

test('B4: a fault in redaction withholds what it was to redact and is counted', () => {
  const { kit, ask, answer } = setUp({}, { placeholder: () => assert.fail('a fault of ours') });
  ask('POST /p?q HTTP/1.1\r\nHost: h\r\nAuthorization: S3CRET\r\nContent-Length: 0\r\n\r\n');
  answer('HTTP/1.1 200 OK\r\nSet-Cookie: S3CRET\r\nContent-Length: 0\r\n\r\n');
  const [exchange] = exchangesOf(kit.events());
  assert.equal(exchange?.request?.method, 'POST');
  assert.deepEqual(exchange.request.headers, []);
  assert.equal(exchange.response?.status, 200);
  assert.deepEqual(exchange.response.headers, []);
  assert.equal(kit.books.exchange.redactionWithheld, 2);
  assert.equal(kit.errors.length, 2);
});

test('without rules of redaction heads travel as they came', () => {
  const { kit, ask, answer } = setUp({ redaction: NO_REDACTION });
  ask(get('/', 'Authorization: Basic eA=='));
  answer(response(200));
  const headers = exchangesOf(kit.events())[0]?.request?.headers ?? [];
  assert.deepEqual(
    headers.map(({ value }) => value.toString()),
    ['h', 'Basic eA=='],
  );
});

function redactedUser(url: string): string {
  return /^http:\/\/(redacted:[0-9a-f]{16})@/.exec(url)?.[1] ?? 'nothing redacted';
}

test('trailers of an exchange that was published open arrive with its end', () => {
  const { kit, ask, answer } = setUp();
  ask('POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Asked: 1\r\n\r\n');
  kit.recorder.sweep(Infinity);
  answer('HTTP/1.1 200 S\r\nTransfer-Encoding: chunked\r\n\r\n');
  kit.recorder.sweep(Infinity);
  answer('0\r\nX-Answered: 2\r\n\r\n');
  const ends = kit.events().flatMap(({ event }) => (event?.$case === 'end' ? [event.end] : []));
  assert.deepEqual(
    ends[0]?.requestTrailers.map(({ name }) => name.toString()),
    ['X-Asked'],
  );
  assert.deepEqual(
    ends[0].responseTrailers.map(({ name }) => name.toString()),
    ['X-Answered'],
  );
  assert.equal(kit.recorder.heldBytes, 0);
});
