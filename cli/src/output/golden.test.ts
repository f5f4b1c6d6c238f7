import { equal, ok } from 'node:assert/strict';
import { before, test } from 'node:test';
import { brotliCompressSync } from 'node:zlib';
import { base64, exchangeWith, headers } from '../testing/exchange.ts';
import { golden } from '../testing/golden.ts';
import { createTestSession } from '../testing/session.ts';
import { createStyle } from '../terminal/style.ts';
import { widthOf } from '../terminal/width.ts';
import { curlCommand } from './curl.ts';
import { formatDetails } from './details.ts';
import { createJsonWriter, createTableWriter, createWholeWriter } from './exchange-writer.ts';
import { wholeJson } from './json.ts';

/** What somebody would send to take over the terminal of whoever looks. */
const ATTACK = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.exe\r\nFAKE ROW\ttab\u2028\u{e0041}';

const EXCHANGES = [
  exchangeWith(),
  exchangeWith({
    requestId: '019aa7f2-1b3e-7c1a-9f00-000000000002',
    method: 'POST',
    url: `http://shop.example/${ATTACK}?q=${ATTACK}`,
    path: `/${ATTACK}?q=${ATTACK}`,
    workload: `Deployment/${ATTACK}`,
    status: 503,
    durationMs: 1_234.5,
    responseBodyBytes: 123_456,
  }),
  exchangeWith({
    requestId: '019aa7f2-1b3e-7c1a-9f00-000000000003',
    method: 'PROPPATCHANDMORE',
    url: `http://shop.example/orders/${'1234567890/'.repeat(30)}`,
    state: 'OPEN',
    status: null,
    durationMs: null,
    firstByteMs: null,
    responseBodyBytes: null,
  }),
  exchangeWith({
    requestId: '019aa7f2-1b3e-7c1a-9f00-000000000004',
    timestamp: '2026-11-20T09:08:07.006Z',
    url: 'http://例え.example/検索?q=カルバート',
    state: 'CLIENT_ABORTED',
    namespace: null,
    workload: null,
    status: 404,
  }),
];

before(() => {
  process.env['TZ'] = 'UTC';
});

for (const columns of [40, 80, 120, 200, Number.POSITIVE_INFINITY]) {
  test(`a table of exchanges fits into ${columns} columns and holds no control characters`, async () => {
    const session = createTestSession({ columns, terminal: Number.isFinite(columns) });

    await createTableWriter(session, false).write(EXCHANGES);

    const table = session.written();
    equal(table, golden(`table-${columns}.txt`, table));
    ok(/^[^\p{Cc}\p{Cf}\p{Zl}]*$/u.test(table.replaceAll('\n', '')));
    equal(table.split('\n').length, EXCHANGES.length + 2);
    for (const line of table.split('\n')) ok(widthOf(line) <= columns, line);
  });
}

test('on a narrow terminal a table of today shows seconds and shortened ids', async () => {
  const session = createTestSession({ columns: 80, terminal: true });

  await createTableWriter(session, true).write(EXCHANGES.slice(0, 3));

  equal(session.written(), golden('table-today.txt', session.written()));
});

test('colours are only around what we write ourselves', async () => {
  const session = createTestSession({ columns: 120, terminal: true, style: createStyle(true) });

  await createTableWriter(session, false).write(EXCHANGES);

  const table = session.written();
  equal(table, golden('table-coloured.txt', table));
  const plain = table.replaceAll(/\u001b\[\d+m/g, '');
  ok(/^[^\p{Cc}]*$/u.test(plain.replaceAll('\n', '')));
});

const DETAILED = exchangeWith({
  method: 'POST',
  status: 422,
  responseHttpVersion: '1.0',
  reasonPhrase: 'Nicht m\u00c3\u00b6glich\u001b[2J',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  tls: { version: 'TLSv1.3', cipherSuite: null, serverName: 'shop.example', alpn: 'http/1.1' },
  requestHeaders: headers(
    ['Host', 'shop.example'],
    ['X-Attack', ATTACK],
    ['X-Name', 'caf\u00c3\u00a9'],
    ['Content-Type', 'application/json'],
    ['Content-Encoding', 'br'],
  ),
  requestBody: base64(brotliCompressSync(`{\n  "text": "${ATTACK}"\n}\nResponse body (fake)`)),
  requestBodyBytes: 70,
  requestTrailers: headers(['X-Checksum', ATTACK], ['x-checksum', '']),
  responseHeaders: headers(['Content-Type', 'image/png']),
  responseTrailers: headers(['X-Checksum', 'abc123']),
  responseBody: base64(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 255])),
  responseBodyBytes: 8_000,
  responseBodyState: 'TRUNCATED',
});

test('details show headers and decoded bodies, and no traffic can pretend to be a part of them', () => {
  const page = formatDetails(DETAILED, createStyle(false), 8_192);

  equal(page, golden('details.txt', page));
  ok(/^[^\p{Cc}\p{Cf}\p{Zl}]*$/u.test(page.replaceAll(/[\n\t]/g, '')));
  equal(page.match(/^Response body/gm)?.length, 1);
});

test('details of what was hardly captured say so', () => {
  const page = formatDetails(
    exchangeWith({
      state: 'INCOMPLETE',
      method: null,
      url: null,
      status: null,
      durationMs: null,
      firstByteMs: null,
      responseHttpVersion: null,
      reasonPhrase: null,
      requestHeaders: null,
      responseHeaders: headers(),
      requestBody: null,
      requestBodyBytes: null,
      requestBodyState: 'NOT_CAPTURED',
      responseBody: null,
      responseBodyState: 'WITHHELD',
    }),
    createStyle(false),
    8_192,
  );

  equal(page, golden('details-sparse.txt', page));
});

test('json is one object a line, with headers as pairs and texts beside the bytes of bodies', async () => {
  const session = createTestSession();

  await createJsonWriter(session, wholeJson).write([...EXCHANGES, DETAILED]);

  const lines = session.written().trimEnd().split('\n');
  equal(session.written(), golden('exchanges.ndjson', session.written()));
  equal(lines.length, EXCHANGES.length + 1);
  ok(/^[^\p{Cc}\p{Cf}\p{Zl}]*$/u.test(session.written().replaceAll('\n', '')));
  equal((JSON.parse(lines[1] ?? '') as { url: string }).url, EXCHANGES[1]?.url);
});

test('curl commands and HAR documents of hostile traffic stay as they are', async () => {
  const har = createTestSession();
  const writer = createWholeWriter(har, 'har');

  await writer.write([...EXCHANGES, DETAILED]);
  await writer.end();

  const commands = [...EXCHANGES, DETAILED]
    .map((exchange) => curlCommand(exchange).command ?? '# none')
    .join('\n');
  equal(commands, golden('commands.sh', commands));
  equal(har.written(), golden('log.har', har.written()));
});
