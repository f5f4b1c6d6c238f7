import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Direction, EventKind, HeaderBlock, MessageEnd, type TrafficEvent } from '@culvert/proto';
import {
  batch,
  bodyEvent,
  end,
  exchangeEvent,
  mintRequestId,
  partEvents,
  response,
} from './testing/batches.ts';
import { publishBatch } from './testing/publish.ts';
import { startRig, type Rig } from './testing/rig.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

const BODIES = { kind: EventKind.EVENT_KIND_BODY };

interface BookRow {
  readonly kind: number;
  readonly stored: string;
  readonly dead_lettered: string;
  readonly duplicates_discarded: string;
  readonly ingested_sequence: string;
}

function books(): Promise<BookRow[]> {
  return rig.rows<BookRow>(`SELECT * FROM culvert.agent_books ORDER BY agent_id, kind`);
}

test('S1-09: a whole exchange and its body become a row each, with all that was said', async () => {
  const id = mintRequestId();
  await rig.ingest();

  await publishBatch(rig.nats, batch([bodyEvent(id)], BODIES));
  const ends = { requestEnd: MessageEnd.MESSAGE_END_WHOLE, responseEnd: MessageEnd.MESSAGE_END_CUT };
  await publishBatch(rig.nats, batch([exchangeEvent(id, { response: { end: end(ends) } })]));
  await rig.drained();

  const [row] = await rig.rows(`SELECT * FROM culvert.http_transactions`);
  const blocks = ['request_headers', 'response_headers', 'response_trailers'].map((name) =>
    HeaderBlock.decode(row?.[name] as Buffer).headers.map(
      ({ name: field, value }) => `${field.toString()}: ${value.toString()}`,
    ),
  );
  assert.deepEqual(blocks, [
    ['Host: cart.local:8080', 'Accept: */*'],
    ['Content-Length: 2', 'Set-Cookie: a=1', 'Set-Cookie: b=2'],
    ['X-Checksum: 42'],
  ]);
  assert.ok(Date.now() - (row?.['received_at'] as Date).getTime() < 30_000);
  assert.deepEqual(
    { ...row, received_at: 0, request_headers: 0, response_headers: 0, response_trailers: 0 },
    {
      request_id: id,
      agent_id: 'agent-1',
      boot_id: '07070707-0707-0707-0707-070707070707',
      cluster: 'local',
      namespace: 'shop',
      workload: 'Deployment/cart',
      pod: 'cart-1',
      node: 'node.1',
      received_at: 0,
      started_at: new Date('2026-09-21T14:13:20.123Z'),
      method: 'GET',
      scheme: 'http',
      host: 'cart.local:8080',
      path: '/items?id=1',
      url: 'http://cart.local:8080/items?id=1',
      request_target: null,
      http_version: '1.1',
      peer_address: '10.0.0.9:51000',
      captured_port: 8080,
      traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
      replay_of: null,
      status: 200,
      reason: 'OK',
      response_http_version: '1.1',
      first_byte_us: '1234',
      duration_us: '5678',
      outcome: 1,
      request_end: 1,
      response_end: 2,
      request_body_bytes: '0',
      response_body_bytes: '2',
      request_captured_bytes: '0',
      response_captured_bytes: '2',
      request_truncated: false,
      response_truncated: false,
      tls_version: null,
      tls_cipher_suite: null,
      tls_server_name: null,
      tls_alpn: null,
      request_headers: 0,
      response_headers: 0,
      request_trailers: null,
      response_trailers: 0,
      counted: null,
    },
  );
  assert.deepEqual(await rig.rows(`SELECT * FROM culvert.http_bodies`), [
    {
      request_id: id,
      direction: 2,
      chunk_offset: '0',
      chunk_bytes: 2,
      last: true,
      encoding: 1,
      agent_id: 'agent-1',
      data: Buffer.from('ok'),
    },
  ]);
});

test('the bytes of a request target are kept where they are more than the text of the URL', async () => {
  const sent = [
    { url: Buffer.from('http://a/caf\u00e9', 'latin1') },
    { url: Buffer.from('http://a/x'), target: Buffer.from('http://a/x') },
    { url: Buffer.from('http://a/caf\u00e9'), target: Buffer.from('http://a/caf\u00e9') },
    { url: Buffer.from('http://a/x') },
  ];
  await rig.ingest();

  await publishBatch(rig.nats, batch(sent.map((request) => exchangeEvent(undefined, { request }))));
  await rig.drained();

  const kept = await rig.rows<{ url: string; request_target: string | null }>(
    'SELECT url, request_target FROM culvert.http_transactions',
  );
  assert.deepEqual(kept.map(({ url, request_target }) => [url, request_target]).sort(), [
    ['http://a/caf\u00e9', '/caf\u00e9'],
    ['http://a/caf\u00e9', 'http://a/caf\u00c3\u00a9'],
    ['http://a/x', null],
    ['http://a/x', 'http://a/x'],
  ]);
});

test('every batch delivered twice and responses before requests leave one row each', async () => {
  const whole = Array.from({ length: 300 }, () => exchangeEvent());
  const parts = Array.from({ length: 100 }, () => partEvents());
  const batches = [
    batch(parts.map((part) => part[2])),
    batch(
      parts.map((part) => part[1]),
      { firstSequence: 101 },
    ),
    batch(whole, { firstSequence: 201 }),
    batch(
      parts.map((part) => part[0]),
      { firstSequence: 501 },
    ),
    batch(
      [...whole, ...parts.map((part) => part[0])].map((event) => bodyEvent(event.requestId)),
      BODIES,
    ),
  ];
  await rig.ingest();

  for (const each of batches) {
    await publishBatch(rig.nats, each);
    await rig.drained();
  }
  for (const each of [...batches, ...batches]) await publishBatch(rig.nats, each);
  await rig.drained();

  const [counts] = await rig.rows(
    `SELECT count(*)::int AS rows, count(method)::int AS requests, count(status)::int AS responses,
       count(outcome)::int AS ends FROM culvert.http_transactions`,
  );
  assert.deepEqual(counts, { rows: 400, requests: 400, responses: 400, ends: 400 });
  assert.equal(await rig.count(`SELECT count(*) FROM culvert.http_bodies`), 400);
  assert.equal(await rig.count(`SELECT count(*) FROM culvert.dead_letters`), 0);
  assert.deepEqual(
    (await books()).map((book) => [
      book.kind,
      book.stored,
      book.duplicates_discarded,
      book.ingested_sequence,
    ]),
    [
      [EventKind.EVENT_KIND_EXCHANGE, '400', '800', '600'],
      [EventKind.EVENT_KIND_BODY, '400', '800', '400'],
    ],
  );
});

test('S1-10: a request and a response that carries its end, as separate events, become one row', async () => {
  const id = mintRequestId();
  await rig.ingest();

  await publishBatch(
    rig.nats,
    batch([{ requestId: id, event: { $case: 'response', response: response({ end: end() }) } }]),
  );
  await rig.drained();
  await publishBatch(rig.nats, batch([partEvents(id)[0]], { firstSequence: 2 }));
  await rig.drained();

  assert.deepEqual(await rig.rows(`SELECT method, status, outcome FROM culvert.http_transactions`), [
    { method: 'GET', status: 200, outcome: 1 },
  ]);
  assert.equal((await books())[0]?.stored, '1');
});

test('S1-07: WebSocket frames and server-sent events become rows of their own', async () => {
  const id = mintRequestId();
  const at = { seconds: 1_790_000_001, nanos: 0 };
  const frames: TrafficEvent[] = [
    {
      requestId: id,
      event: {
        $case: 'websocket',
        websocket: {
          direction: Direction.DIRECTION_REQUEST,
          opcode: 1,
          fin: true,
          payload: Buffer.from('hi'),
          payloadBytes: 2_000,
          truncated: true,
          at,
          index: 7,
        },
      },
    },
    {
      requestId: id,
      event: { $case: 'sse', sse: { event: 'price', id: '41', data: Buffer.from('12.5'), at, index: 8 } },
    },
  ];
  await rig.ingest();

  await publishBatch(rig.nats, batch(frames, { kind: EventKind.EVENT_KIND_FRAME }));
  await rig.drained();

  const common = { request_id: id, agent_id: 'agent-1', at: new Date('2026-09-21T14:13:21Z') };
  assert.deepEqual(await rig.rows('SELECT * FROM culvert.websocket_frames ORDER BY frame_index'), [
    {
      ...common,
      frame_index: '7',
      direction: 1,
      opcode: 1,
      fin: true,
      event: null,
      event_id: null,
      payload_bytes: '2000',
      truncated: true,
      payload: Buffer.from('hi'),
    },
    {
      ...common,
      frame_index: '8',
      direction: 2,
      opcode: null,
      fin: null,
      event: 'price',
      event_id: '41',
      payload_bytes: '4',
      truncated: false,
      payload: Buffer.from('12.5'),
    },
  ]);
  assert.deepEqual(
    (await books()).map((book) => [book.kind, book.stored]),
    [[EventKind.EVENT_KIND_FRAME, '2']],
  );
});

test('lag, throughput, duplicates and durations are told as metrics', async () => {
  await rig.ingest();

  for (let i = 0; i < 2; i++) await publishBatch(rig.nats, batch([exchangeEvent(), exchangeEvent()]));
  await publishBatch(rig.nats, batch([exchangeEvent('no id')], { firstSequence: 3 }));
  await rig.drained();

  const text = await rig.registry.metrics();
  for (const line of [
    'culvert_ingest_lag_batches{kind="exchange"} 0',
    'culvert_ingest_batches_total{kind="exchange"} 2',
    'culvert_ingest_events_total{kind="exchange"} 3',
    'culvert_ingest_rows_total{table="http_transactions"} 2',
    'culvert_ingest_duplicate_batches_total{kind="exchange"} 1',
    'culvert_ingest_dead_letters_total{kind="exchange",reason="malformed"} 1',
    'culvert_ingest_commit_age_seconds_count{kind="exchange"} 2',
  ])
    assert.ok(text.includes(`${line}\n`), line);
  assert.match(text, /culvert_ingest_transaction_duration_seconds_count\{kind="exchange"\} [1-3]\n/);
  assert.match(text, /culvert_ingest_bytes_total\{kind="exchange"\} [1-9]/);
});
