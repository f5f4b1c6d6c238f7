import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Registry } from 'prom-client';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { exchangeRow, requestIdAt } from '../../testing/rows.ts';
import { createTestLog } from '../../testing/log.ts';
import { FIRST_HOUR, startTestStore, type TestStore } from '../../testing/store.ts';
import { createPartitions } from '../partition-ddl.ts';
import { HOUR_MS, hourlyPartitions } from '../partition-names.ts';
import { buildMissingIndexes, type IndexPass } from './build.ts';
import { startIndexKeeper } from './index-keeper.ts';

/** Days away from the partitions that the test store makes itself. */
const OLD_HOUR = FIRST_HOUR - 48 * HOUR_MS;
const NEW_HOUR = OLD_HOUR + HOUR_MS;
const [OLD = '', NEW = ''] = [OLD_HOUR, NEW_HOUR].map(
  (hour) => hourlyPartitions(hour).find(({ parent }) => parent === 'http_transactions')?.name,
);
const AFTER_OLD = NEW_HOUR + 5 * 60_000;

let store: TestStore;

before(async () => {
  store = await startTestStore();
});
beforeEach(async () => {
  for (const partition of [OLD, NEW]) await store.pool.query(`DROP TABLE IF EXISTS culvert.${partition}`);
  await createPartitions(store.pool, [OLD_HOUR, NEW_HOUR].flatMap(hourlyPartitions));
});
after(() => store.close());

function passNow(now = AFTER_OLD, lockTimeoutMs = 2_000): Promise<IndexPass | undefined> {
  return buildMissingIndexes({ pool: store.pool, now, lockTimeoutMs, signal: new AbortController().signal });
}

/** The session of the pass before ends a moment after it, and only then may another one work. */
async function pass(now?: number, lockTimeoutMs?: number): Promise<IndexPass | undefined> {
  let done: IndexPass | undefined;
  await becomesTrue(async () => (done = await passNow(now, lockTimeoutMs)) !== undefined, {
    timeoutMs: 30_000,
  });
  return done;
}

function names(result: IndexPass | undefined): string[] | undefined {
  return result?.built.map(({ name }) => name);
}

test('an hour that is over gets the indexes of URLs and paths, and the running one does not', async () => {
  const first = await pass();
  const again = await pass();

  assert.deepEqual(names(first), [`${OLD}_path`, `${OLD}_url`]);
  assert.deepEqual(names(again), []);
});

test('slices of the running hour get these indexes, until the whole hour has them', async () => {
  await pass();
  const during = await pass(NEW_HOUR + 26 * 60_000);
  const later = await pass(NEW_HOUR + HOUR_MS);
  await store.pool.query(
    `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'culvert.${NEW}_url_36'::regclass`,
  );
  const over = await pass(NEW_HOUR + HOUR_MS + 2 * 60_000);
  await pass(NEW_HOUR + HOUR_MS + 3 * 60_000);

  const behind = await pass(NEW_HOUR + HOUR_MS + 80_000);

  assert.deepEqual(names(behind), [], 'a process with a clock behind');
  assert.deepEqual(names(during), [`${NEW}_path_00`, `${NEW}_path_12`, `${NEW}_url_00`, `${NEW}_url_12`]);
  assert.deepEqual(names(later), [`${NEW}_path_24`, `${NEW}_path_36`, `${NEW}_url_24`, `${NEW}_url_36`]);
  assert.deepEqual(names(over), [`${NEW}_path`, `${NEW}_url`]);
  const { rows } = await store.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'i' AND relname ~ '^${NEW}_(path|url)' ORDER BY relname`,
  );
  assert.deepEqual(
    rows.map(({ name }) => name),
    [`${NEW}_path`, `${NEW}_url`],
  );
});

test('a partition from before an index of the table gets it, and the whole is then complete', async () => {
  await pass();
  await store.pool.query('CREATE INDEX http_transactions_pod ON ONLY culvert.http_transactions (pod)');

  const done = await pass();

  assert.equal(done?.built.length, 5, 'two partitions of this test and three of the store');
  assert.ok(names(done)?.includes(`${NEW}_pod`));
  const { rows } = await store.pool.query(
    `SELECT indisvalid FROM pg_index WHERE indexrelid = 'culvert.http_transactions_pod'::regclass`,
  );
  assert.deepEqual(rows, [{ indisvalid: true }]);
  await store.pool.query('DROP INDEX culvert.http_transactions_pod');
});

test('an index that was left invalid is made anew', async () => {
  await pass();
  await store.pool.query(
    `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'culvert.${OLD}_path'::regclass`,
  );

  const done = await pass();

  assert.deepEqual(names(done), [`${OLD}_path`]);
});

/** Works while a transaction has written to the partition of the hour that is over and not ended. */
async function whileWritten<T>(work: () => Promise<T>): Promise<T> {
  const holder = await store.pool.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(`LOCK TABLE culvert.${OLD} IN ROW EXCLUSIVE MODE`);
    return await work();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

async function untilBuildWaits(): Promise<void> {
  const waits = await becomesTrue(
    async () => {
      const { rowCount } = await store.pool.query(
        `SELECT FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting%'`,
      );
      return rowCount === 1;
    },
    { timeoutMs: 30_000 },
  );
  assert.ok(waits, 'an index waits for a transaction');
}

test('rows are stored while an index waits for a transaction, and it is made later', async () => {
  const done = await whileWritten(async () => {
    const first = pass(AFTER_OLD, 500);
    await untilBuildWaits();
    await store.insert('http_transactions', [exchangeRow(requestIdAt(OLD_HOUR - FIRST_HOUR))]);
    return first;
  });
  const later = await pass();

  assert.deepEqual(names(done), []);
  assert.deepEqual(
    done?.waiting.map(({ name }) => name),
    [`${OLD}_path`, `${OLD}_url`],
  );
  assert.deepEqual(names(later), [`${OLD}_path`, `${OLD}_url`]);
});

test('of several processes one works at a time', async () => {
  let first: Promise<IndexPass | undefined> | undefined;

  const second = await whileWritten(async () => {
    first = pass(AFTER_OLD, 60_000);
    await untilBuildWaits();
    return passNow();
  });

  assert.equal(second, undefined);
  assert.equal(names(await first)?.length, 2);
});

test('without pg_trgm paths are indexed all the same, and a warning says what is missing', async () => {
  await store.pool.query('DROP EXTENSION pg_trgm');
  const { log, lines } = createTestLog();
  const registry = new Registry();

  const keeper = startIndexKeeper({ pool: store.pool, clock: { now: () => AFTER_OLD }, log, registry });
  const warned = await becomesTrue(() => lines.some((line) => line['level'] === 40), {
    timeoutMs: 30_000,
  });
  await keeper.stop();

  assert.ok(warned);
  assert.match(JSON.stringify(lines), /pg_trgm is not installed/);
  const { rowCount } = await store.pool.query(`SELECT FROM pg_class WHERE relname = '${OLD}_path'`);
  assert.equal(rowCount, 1);
  assert.match(await registry.metrics(), /culvert_indexes_built_total 1\n/);
  await store.pool.query('CREATE EXTENSION pg_trgm SCHEMA culvert');
});

test('a pass that is stopped gives up the index that it waits with', async () => {
  const stopped = new AbortController();

  await whileWritten(async () => {
    const running = buildMissingIndexes({
      pool: store.pool,
      now: AFTER_OLD,
      lockTimeoutMs: 600_000,
      signal: stopped.signal,
    });
    const rejected = assert.rejects(running, /cancel/);
    await untilBuildWaits();
    stopped.abort();
    await rejected;
  });
});
