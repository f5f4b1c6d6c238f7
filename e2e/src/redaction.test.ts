import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { REDACTED_HEADERS } from '@culvert/traffic/select/rules';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { eventually } from './rig/eventually.ts';
import { startStack } from './rig/stack.ts';

const SECRET = 'S3cr3tMarker';
/** Stands beside every secret, so that a search that finds nothing can be told from one that does not work. */
const VISIBLE = 'V1s1bleMarker';

const RULES = {
  protocol: 'HTTP',
  policy: 'shop/checkout',
  capture: true,
  match: [],
  exclude: [],
  excludeProbes: true,
  sampling: { numerator: 1, denominator: 1 },
  requestBodyBytes: 1_000,
  responseBodyBytes: 1_000,
  redaction: {
    headers: [...REDACTED_HEADERS.filter((name) => !name.includes('cookie')), 'x-session'],
    cookies: ['sid'],
    queryParameters: ['token'],
  },
};
const DOCUMENT = {
  schemaVersion: 1,
  kind: 'Workload',
  revision: '0123456789abcdef',
  namespace: 'shop',
  workload: 'Deployment/checkout',
  policies: [],
  ports: {},
  otherPorts: RULES,
};

test('B4: a marked secret in headers, cookies and query never reaches NATS, Postgres or a log', async (t) => {
  const application = await startForgetfulApplication(t);
  const secrets = await mkdtemp(join(tmpdir(), 'culvert-secrets-'));
  t.after(() => rm(secrets, { recursive: true }));
  await writeFile(join(secrets, 'redaction-key'), 'one key per installation');
  const lines: string[] = [];
  const stack = await startStack(t, {
    upstreamPort: application.port,
    onLine: (line) => lines.push(line),
    sidecar: {
      CULVERT_CONFIG_DOCUMENT: JSON.stringify(DOCUMENT),
      CULVERT_SECRETS_DIR: secrets,
      CULVERT_LOG_LEVEL: 'debug',
    },
  });
  const messages: Buffer[] = [];
  const nats = await connect({ servers: stack.nats.url });
  t.after(() => nats.close());
  nats.subscribe('>', {
    callback: (_, { subject, data, headers }) => {
      const named = headers?.keys().map((name) => `${name}: ${headers.values(name).join()}`) ?? [];
      messages.push(Buffer.from(subject), Buffer.from(data), Buffer.from(named.join()));
    },
  });
  await nats.flush();

  await send(stack.port, ['Connection', 'close']);
  await send(stack.port, ['Connection', 'close'], '/unfinished');

  const { requests } = await eventually(
    () =>
      stack.graphql.query<{ requests: { url: string; requestHeaders: string; responseHeaders: string }[] }>(
        '{ requests { url requestHeaders responseHeaders } }',
      ),
    (found) =>
      found.requests.length === 2 && found.requests.every(({ responseHeaders }) => responseHeaders !== null),
    'both exchanges are stored',
  );
  const heard = Buffer.concat(messages);
  const rows = await dump(stack.postgres.url);
  assert.ok(
    application.seen.every((head) => head.includes(SECRET)),
    'the application gets everything unchanged',
  );
  for (const [place, text] of [
    ['NATS', heard.toString('latin1')],
    ['Postgres', rows],
  ] as const) {
    assert.ok(text.includes(VISIBLE), `the search finds what is in ${place}`);
    assert.ok(!text.includes(SECRET), `no secret in ${place}`);
  }
  assert.ok(lines.length > 0);
  assert.ok(!lines.some((line) => line.includes(SECRET)), 'no secret in a log');

  const [{ url, requestHeaders, responseHeaders }] = requests as [(typeof requests)[number]];
  const placeholder = /token=(redacted:[0-9a-f]{16})&/.exec(url)?.[1];
  assert.ok(placeholder, url);
  const cookie = new Map(JSON.parse(requestHeaders) as [string, string][]).get('Cookie');
  const setCookie = new Map(JSON.parse(responseHeaders) as [string, string][]).get('Set-Cookie');
  assert.equal(cookie, `theme=${VISIBLE}; sid=${placeholder}`, 'equal secrets stay comparable');
  assert.equal(setCookie, `sid=${placeholder}; HttpOnly; Path=/`);
});

/** Everything that Postgres holds, binary columns both as hex and as text. */
async function dump(url: string): Promise<string> {
  const database = new pg.Client(url);
  await database.connect();
  try {
    const tables = await database.query<{ name: string }>(
      `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname = 'culvert'`,
    );
    const rows: string[] = [];
    for (const { name } of tables.rows) {
      const found = await database.query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      for (const { row } of found.rows) {
        const binary = [...row.matchAll(/\\x([0-9a-f]+)/g)];
        rows.push(row, ...binary.map(([, hex]) => Buffer.from(hex ?? '', 'hex').toString('latin1')));
      }
    }
    return rows.join('\n');
  } finally {
    await database.end();
  }
}

/** Sends a request that is full of secrets. */
async function send(port: number, more: readonly string[], path = '/p'): Promise<void> {
  const headers = [
    ...['Host', 'shop.test', 'X-Visible', VISIBLE, 'Authorization', `Bearer ${SECRET}`, 'X-SESSION', SECRET],
    ...['Proxy-Authorization', SECRET, 'x-api-key', SECRET, 'Cookie', `theme=${VISIBLE}; sid=${SECRET}`],
    ...['Referer', `https://user:${SECRET}@shop.test/?%74oken=${SECRET}`, ...more],
  ];
  const outgoing = request({
    host: '127.0.0.1',
    port,
    path: `${path}?token=${SECRET}&a=1;token=${SECRET}`,
    headers,
  });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [NodeJS.ReadableStream];
  response.on('error', () => undefined).resume();
  await new Promise((resolve) => response.once('close', resolve));
}

/** Repeats secrets in its answers, and breaks one of them off. */
async function startForgetfulApplication(t: TestContext) {
  const seen: string[] = [];
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.url ?? ''} ${incoming.rawHeaders.join(' ')}`);
    response.writeHead(302, [
      ...[
        'Set-Cookie',
        `sid=${SECRET}; HttpOnly; Path=/`,
        'Location',
        `/next?token=${SECRET}`,
        'X-Session',
        SECRET,
      ],
      ...['Trailer', 'X-Session', 'Transfer-Encoding', 'chunked', 'Connection', 'close'],
    ]);
    response.write(VISIBLE);
    if (incoming.url?.startsWith('/unfinished') === true) {
      setImmediate(() => incoming.socket.destroy());
      return;
    }
    response.addTrailers([['X-Session', SECRET]]);
    response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return { port: (server.address() as AddressInfo).port, seen };
}
