import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type pg from 'pg';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { createTestLog } from '../testing/log.ts';
import { startTestOrchestrator } from '../testing/process.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';
import { LockHeldError, LOCKS, trySessionLock, waitForLock } from './locks.ts';
import { createPartitions } from './partition-ddl.ts';
import { hourlyPartitions } from './partition-names.ts';

let store: TestStore;

before(async () => {
  store = await startTestStore();
});
after(() => store.close());

/** A session that has a lock and does nothing else. */
async function hold(lock: keyof typeof LOCKS): Promise<pg.PoolClient> {
  const client = await store.pool.connect();
  await client.query(`SET application_name = 'the one that hangs'`);
  await client.query('SELECT pg_advisory_lock($1)', [LOCKS[lock]]);
  return client;
}

test('all locks differ', () => {
  const numbers = Object.values(LOCKS);

  assert.equal(new Set(numbers).size, numbers.length);
});

test('a process that starts while another one hangs at the tables says which one, and starts when it is gone', async (t) => {
  const holder = await hold('migrations');
  const orchestrator = await startTestOrchestrator({
    CULVERT_ROLES: 'api',
    CULVERT_POSTGRES_URL: store.server.url,
    NATS_URL: 'nats://127.0.0.1:1',
  });
  t.after(() => orchestrator.stop());

  const problem = async (): Promise<string> =>
    (await orchestrator.ready())?.checks['postgres']?.message ?? '';
  const told = await becomesTrue(async () => /has the lock of migrations/.test(await problem()), {
    timeoutMs: 60_000,
  });

  assert.ok(told, await problem());
  assert.match(
    await problem(),
    /session \d+ of Postgres \(the one that hangs at .+\) has the lock of migrations and does not let go/,
  );
  const waits = orchestrator.lines.find(({ msg }) => msg === 'waits for a lock');
  assert.equal(waits?.['lock'], 'migrations');
  assert.match(String(waits?.['holder']), /the one that hangs/);
  holder.release(true);
  await orchestrator.untilDown('nats');
});

test('a partition that somebody keeps from being made is said with a name within its time, and made later', async () => {
  const holder = await hold('partitions');
  const partitions = hourlyPartitions(Date.UTC(2026, 3, 1));

  const failure: unknown = await createPartitions(store.pool, partitions).catch((error: unknown) => error);
  holder.release(true);
  const { made } = await createPartitions(store.pool, partitions);

  assert.ok(failure instanceof LockHeldError);
  assert.match(failure.message, /the one that hangs at .+ has the lock of partitions/);
  assert.equal(made.length, partitions.length);
});

test('who waits for a lock that is let go has it, and has told that it waited', async () => {
  const { log, lines } = createTestLog();
  const holder = await hold('retention');
  const client = await store.pool.connect();
  const waiting = waitForLock(client, 'retention', { until: 'end of session', limitMs: 60_000, log });
  assert.ok(await becomesTrue(() => lines.length > 0, { timeoutMs: 20_000 }));

  holder.release(true);
  await waiting;

  assert.deepEqual(
    lines.map(({ msg, lock }) => [msg, lock]),
    [
      ['waits for a lock', 'retention'],
      ['has the lock', 'retention'],
    ],
  );
  const other = await store.pool.connect();
  assert.equal(await trySessionLock(other, 'retention'), false);
  assert.equal(await trySessionLock(other, 'indexes'), true);
  other.release(true);
  client.release(true);
});
