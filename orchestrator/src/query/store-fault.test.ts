import assert from 'node:assert/strict';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createTestGraphql } from '../testing/graphql.ts';
import { createTestLog } from '../testing/log.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';
import { isConnectionFault } from '../store/connection-fault.ts';

const QUERY = '{ requests { requestId } }';
let store: TestStore;

before(async () => {
  store = await startTestStore();
});
after(() => store.close());

/** What a query says whose pool gives such connections. */
async function codeOver(t: { after(end: () => Promise<void>): void }, config: pg.PoolConfig) {
  const pool = new pg.Pool(config);
  pool.on('error', () => undefined);
  t.after(() => pool.end());
  const { errors } = await createTestGraphql(pool).ask(QUERY);
  return errors?.[0]?.extensions?.code;
}

for (const make of [
  () => new Error('nobody foresaw this'),
  () => Object.assign(new Error('no such file'), { code: 'ENOENT', syscall: 'open' }),
  () => new AggregateError([new Error('one')], 'several'),
  () => new AggregateError([]),
  () => new (class OwnError extends Error {})('own'),
])
  test(`${make().constructor.name} of our own is INTERNAL, and the log has its stack: ${make().message}`, async () => {
    const { log, lines } = createTestLog();
    const broken = { connect: () => Promise.reject(make()) } as unknown as pg.Pool;

    const { errors } = await createTestGraphql(broken, { log }).ask(QUERY);

    const { code, id } = errors?.[0]?.extensions ?? {};
    assert.equal(code, 'INTERNAL');
    const line = lines.find((candidate) => candidate['id'] === id);
    assert.match((line?.['err'] as { stack?: string }).stack ?? '', /store-fault\.test\.ts/);
  });

test('a server that refuses, is not known, hangs up or says nothing is STORE_UNAVAILABLE', async (t) => {
  const sockets = new Set<Socket>();
  const listen = async (onSocket: (socket: Socket) => void) => {
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      onSocket(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    return (server.address() as AddressInfo).port;
  };
  const hangsUp = await listen((socket) => socket.once('data', () => socket.destroy()));
  const silent = await listen(() => undefined);

  const codes = [
    await codeOver(t, { host: '127.0.0.1', port: 1 }),
    await codeOver(t, { host: 'localhost', port: 1 }),
    await codeOver(t, { host: 'no-such-host.invalid', port: 1 }),
    await codeOver(t, { host: '/no/such/directory' }),
    await codeOver(t, { host: '127.0.0.1', port: hangsUp }),
    await codeOver(t, { host: '127.0.0.1', port: silent, connectionTimeoutMillis: 50 }),
    await codeOver(t, { connectionString: store.server.url, ssl: true }),
  ];

  assert.deepEqual(new Set(codes), new Set(['STORE_UNAVAILABLE']));
});

test('a connection that is cut in the middle of a statement, and a pool that has ended, are STORE_UNAVAILABLE', async () => {
  const pool = new pg.Pool({ connectionString: store.server.url, application_name: 'to be cut' });
  pool.on('error', () => undefined);
  const blocker = await store.pool.connect();
  await blocker.query('BEGIN; LOCK TABLE culvert.http_transactions IN ACCESS EXCLUSIVE MODE');
  const api = createTestGraphql(pool);
  const cut = api.ask(QUERY);
  for (let found = 0; found === 0;)
    found =
      (
        await store.pool.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE application_name = 'to be cut' AND wait_event_type = 'Lock'`,
        )
      ).rowCount ?? 0;
  const answers = [await cut];
  await blocker.query('ROLLBACK');
  blocker.release();
  await pool.end();
  answers.push(await api.ask(QUERY));

  for (const { errors } of answers) assert.equal(errors?.[0]?.extensions?.code, 'STORE_UNAVAILABLE');
});

test('what the driver says of connections is recognised, and what only looks like it is not', () => {
  const said = [
    'timeout expired',
    'Connection terminated',
    'Client was closed and is not queryable',
    'Query read timeout',
  ];
  for (const text of said) assert.equal(isConnectionFault(new Error(text)), true, text);
  for (const error of [new Error('Connection terminated by us'), new Error(''), 'timeout expired', undefined])
    assert.equal(isConnectionFault(error), false, String(error));
});
