import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Registry } from 'prom-client';
import { MessageEnd, Outcome, type TrafficEvent } from '@culvert/proto';
import {
  batch,
  end,
  exchangeEvent,
  mintRequestId,
  partEvents,
  request,
  response,
} from '../ingest/testing/batches.ts';
import { publishBatch } from '../ingest/testing/publish.ts';
import { silent, startRig, until, type Rig } from '../ingest/testing/rig.ts';
import { createPool } from '../store/pool.ts';
import { loadCatalog, MOST_FOLDS, MOST_WORDS } from './catalog.ts';
import { DEFAULT_ROLLUP_LIMITS } from './limits.ts';
import { MOST_TEMPLATES } from './owners.ts';
import { COMPACTOR_LOCK, startRollups } from './rollups.ts';

let rig: Rig;

before(async () => {
  rig = await startRig();
});
beforeEach(() => rig.clear());
after(() => rig.close());

interface SeriesCount {
  readonly method: string;
  readonly path_template: string;
  readonly status_class: number;
  readonly count: number;
  readonly errors: number;
}

/** What stands in the minutes, when no delta waits any more; the longer steps must say the same. */
async function compacted(): Promise<SeriesCount[]> {
  await until(
    'all is compacted',
    async () => (await rig.count('SELECT count(*) FROM culvert.http_rollup_deltas')) === 0,
  );
  const [sixHours, hours, minutes] = await Promise.all(
    ['six_hours', 'hour', 'minute'].map((step) =>
      rig.rows<SeriesCount>(
        `SELECT method, path_template, status_class, sum(count)::int4 AS count, sum(errors)::int4 AS errors
         FROM culvert.http_rollups_${step} JOIN culvert.http_series USING (series_id)
         GROUP BY 1, 2, 3 HAVING sum(count) <> 0 ORDER BY 1, 2, 3`,
      ),
    ),
  );
  assert.deepEqual([sixHours, hours], [minutes, minutes]);
  return minutes ?? [];
}

const total = async (): Promise<number> => (await compacted()).reduce((sum, { count }) => sum + count, 0);

function get(url: string, status = 200): TrafficEvent {
  return exchangeEvent(mintRequestId(), { request: { url: Buffer.from(url) }, response: { status } });
}

test('exchanges are counted by what they are, each once, however often their batch comes', async () => {
  const message = batch([
    get('http://cart/items/1'),
    get('http://cart/items/2?a=b'),
    get('http://cart/items/3', 404),
    get('http://cart/items/4', 503),
  ]);
  await rig.ingest();

  await publishBatch(rig.nats, message);
  await publishBatch(rig.nats, message);
  await rig.drained();
  await publishBatch(rig.nats, message);
  await rig.drained();

  const group = { method: 'GET', path_template: '/items/{number}' };
  assert.deepEqual(await compacted(), [
    { ...group, status_class: 2, count: 2, errors: 0 },
    { ...group, status_class: 4, count: 1, errors: 0 },
    { ...group, status_class: 5, count: 1, errors: 1 },
  ]);
});

test('an exchange is not counted before its end', async () => {
  const [opening, head, ending] = partEvents();
  await rig.ingest();

  await publishBatch(rig.nats, batch([opening, head]));
  await rig.drained();
  const before = await total();
  await publishBatch(rig.nats, batch([ending], { firstSequence: 3 }));
  await rig.drained();

  assert.equal(before, 0);
  assert.deepEqual(await compacted(), [
    { method: 'GET', path_template: '/items', status_class: 2, count: 1, errors: 0 },
  ]);
});

test('parts in any order count once, in the group where they belong', async () => {
  const orders = [
    [0, 1, 2],
    [0, 2, 1],
    [1, 0, 2],
    [1, 2, 0],
    [2, 0, 1],
    [2, 1, 0],
  ];
  const ids = orders.map(() => mintRequestId());
  await rig.ingest();

  let firstSequence = 1;
  for (const part of [0, 1, 2]) {
    const events = orders.map((order, n) => partEvents(ids[n])[order[part] as 0 | 1 | 2]);
    await publishBatch(rig.nats, batch(events, { firstSequence }));
    await rig.drained();
    firstSequence += events.length;
  }

  assert.deepEqual(await compacted(), [
    { method: 'GET', path_template: '/items', status_class: 2, count: orders.length, errors: 0 },
  ]);
});
test('an exchange whose request was lost counts, and so does one without a response', async () => {
  const [, , lonely] = partEvents();
  const [opening, , ending] = partEvents();
  const aborted = {
    requestId: ending.requestId,
    event: { $case: 'end' as const, end: end({ outcome: Outcome.OUTCOME_UPSTREAM_ABORTED }) },
  };
  await rig.ingest();

  await publishBatch(rig.nats, batch([lonely, opening, aborted]));
  await rig.drained();

  assert.deepEqual(await compacted(), [
    { method: 'GET', path_template: '/items', status_class: 0, count: 1, errors: 1 },
    { method: '_OTHER', path_template: '', status_class: 0, count: 1, errors: 1 },
  ]);
});

test('an exchange whose answer was cut is an error, and one that was aborted behind a whole answer is none', async () => {
  const { OUTCOME_COMPLETE, OUTCOME_CLIENT_ABORTED, OUTCOME_UNPARSABLE } = Outcome;
  const { MESSAGE_END_WHOLE, MESSAGE_END_CUT, MESSAGE_END_UNREAD } = MessageEnd;
  const endings = {
    '/complete': { outcome: OUTCOME_COMPLETE, responseEnd: MESSAGE_END_WHOLE },
    '/aborted/whole': { outcome: OUTCOME_CLIENT_ABORTED, responseEnd: MESSAGE_END_WHOLE },
    '/aborted/cut': { outcome: OUTCOME_CLIENT_ABORTED, responseEnd: MESSAGE_END_CUT },
    '/unparsable/cut': { outcome: OUTCOME_UNPARSABLE, responseEnd: MESSAGE_END_CUT },
    '/unparsable/unread': { outcome: OUTCOME_UNPARSABLE, responseEnd: MESSAGE_END_UNREAD },
    // Agents of before tell the outcome alone.
    '/before/aborted': { outcome: OUTCOME_CLIENT_ABORTED },
    '/before/complete': { outcome: OUTCOME_COMPLETE },
  };
  const events = Object.entries(endings).flatMap(([path, ending]) => {
    const asked = { url: Buffer.from(`http://cart${path}`) };
    const whole = exchangeEvent(mintRequestId(), { request: asked, response: { end: end(ending) } });
    const [{ requestId }, head] = partEvents();
    const opening = { requestId, event: { $case: 'request' as const, request: request(asked) } };
    return [whole, opening, head, { requestId, event: { $case: 'end' as const, end: end(ending) } }];
  });
  await rig.ingest();

  await publishBatch(rig.nats, batch(events));
  await rig.drained();

  const counts = (await compacted()).map(({ path_template, count, errors }) => [
    path_template,
    count,
    errors,
  ]);
  assert.deepEqual(counts.sort(), [
    ['/aborted/cut', 2, 2],
    ['/aborted/whole', 2, 0],
    ['/before/aborted', 2, 2],
    ['/before/complete', 2, 0],
    ['/complete', 2, 0],
    ['/unparsable/cut', 2, 2],
    ['/unparsable/unread', 2, 0],
  ]);
});

test('what Postgres refuses is not counted, and all around it is', async () => {
  const good = Array.from({ length: 20 }, (_, n) => get(`http://cart/items/${n}`));
  const refused = exchangeEvent(mintRequestId(), { request: { method: 'A\0B' } });
  const [opening, head, ending] = partEvents();
  const bad = {
    requestId: mintRequestId(),
    event: { $case: 'request' as const, request: request({ method: '\0' }) },
  };
  await rig.ingest();

  await publishBatch(
    rig.nats,
    batch([...good.slice(0, 10), refused, ...good.slice(10), opening, bad, head, ending]),
  );
  await rig.drained();

  assert.equal(await rig.count('SELECT count(*) FROM culvert.dead_letters'), 2);
  assert.deepEqual(
    (await compacted()).map(({ path_template, count }) => [path_template, count]),
    [
      ['/items', 1],
      ['/items/{number}', 20],
    ],
  );
});

test('a part for an exchange of another agent changes no count', async () => {
  const id = mintRequestId();
  await rig.ingest();

  await publishBatch(rig.nats, batch([exchangeEvent(id)]));
  await rig.drained();
  const foreign = {
    requestId: id,
    event: { $case: 'response' as const, response: response({ status: 500, end: end() }) },
  };
  await publishBatch(rig.nats, batch([foreign], { agentId: 'agent-2' }));
  await rig.drained();

  assert.deepEqual(
    (await compacted()).map(({ status_class, count }) => [status_class, count]),
    [[2, 1]],
  );
});

test('two replicas count each exchange once, and one of them compacts', async () => {
  await rig.ingest();
  await rig.ingest();
  const batches = Array.from({ length: 30 }, (_, n) =>
    batch(
      Array.from({ length: 50 }, (__, m) => get(`http://cart/items/${m}`)),
      { firstSequence: 1 + n * 50 },
    ),
  );

  for (const message of [...batches, ...batches]) await publishBatch(rig.nats, message);
  await rig.drained();

  assert.equal(await total(), 1_500);
  const locks = await rig.count(
    `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = ${COMPACTOR_LOCK}`,
  );
  assert.equal(locks, 1);
});

test('counts survive Postgres restarting in between, and ingest ends in order', async () => {
  const ingest = await rig.ingest();
  await publishBatch(rig.nats, batch([get('http://cart/items/1')]));
  await rig.drained();
  await compacted();

  await rig.postgres.stop('immediate');
  await rig.postgres.restart();
  await publishBatch(rig.nats, batch([get('http://cart/items/2')], { firstSequence: 2 }));
  await rig.drained();

  assert.equal(await total(), 2);
  await ingest.stop();
  await until(
    'nobody compacts',
    async () =>
      (await rig.count(
        `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = ${COMPACTOR_LOCK}`,
      )) === 0,
  );
});

test('a position with too many words is folded, for what was counted before too and after a restart', async () => {
  const first = await rig.ingest();
  const words = (prefix: string, count: number): TrafficEvent[] =>
    Array.from({ length: count }, (_, n) =>
      get(`http://cart/users/${prefix}${String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26))}/orders`),
    );
  await publishBatch(rig.nats, batch([...words('x', MOST_WORDS), get('http://cart/health')]));
  await rig.drained();
  const before = await compacted();

  await publishBatch(rig.nats, batch(words('y', 3), { firstSequence: 100 }));
  await rig.drained();
  const folded = await compacted();
  await first.stop();
  await rig.ingest();
  await publishBatch(rig.nats, batch(words('z', 5), { firstSequence: 200 }));
  await rig.drained();

  const shown = (counts: readonly SeriesCount[]): unknown =>
    counts.map(({ path_template, count }) => [path_template, count]);
  assert.equal(before.length, MOST_WORDS + 1);
  assert.deepEqual(shown(folded), [
    ['/health', 1],
    ['/users/{value}/orders', MOST_WORDS + 3],
  ]);
  assert.deepEqual(shown(await compacted()), [
    ['/health', 1],
    ['/users/{value}/orders', MOST_WORDS + 8],
  ]);
});

test('counts equal rows when Postgres is killed while much is being stored', async () => {
  await rig.ingest({ transactionEvents: 200 });
  const publish = async (from: number, to: number): Promise<void> => {
    for (let n = from; n < to; n++)
      await publishBatch(
        rig.nats,
        batch(
          Array.from({ length: 50 }, (_, m) => get(`http://cart/items/${m}`)),
          { firstSequence: 1 + n * 50 },
        ),
      );
  };

  await publish(0, 30);
  await until(
    'something is stored',
    async () => (await rig.count('SELECT count(*) FROM culvert.http_transactions')) > 0,
  );
  await rig.postgres.kill();
  await publish(30, 40);
  await rig.postgres.restart();
  await rig.drained();

  assert.equal(await total(), 2_000);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions'), 2_000);
});

test('of an owner whose paths are made up at every depth only so many positions are learned', async () => {
  const [cluster, namespace, workload] = ['local', 'shop', 'Deployment/cart'];
  const word = (n: number): string => String.fromCharCode(97 + (n % 26), 97 + Math.floor(n / 26));
  const made = (roots: number, others: number) =>
    Array.from({ length: roots * others * (MOST_WORDS + 1) }, (_, n) => {
      const [root, other] = [n % roots, Math.floor(n / roots) % others];
      const pathTemplate = `/${word(root)}/${word(other)}/${word(Math.floor(n / roots / others))}`;
      return { cluster, namespace, workload, method: 'GET', statusClass: 2, pathTemplate };
    });
  const client = await rig.pool.connect();
  await client.query('BEGIN');
  const catalog = await loadCatalog(client);

  const learned = await catalog.learn(client, made(MOST_FOLDS / 10, 11));
  const again = await catalog.learn(client, made(MOST_FOLDS / 10, 12));
  await client.query('ROLLBACK');
  client.release();

  assert.equal(learned.length, MOST_FOLDS);
  assert.deepEqual(again, []);
});

test('paths of an owner beyond a number are counted together', async () => {
  await rig.ingest();
  // No position has too many words, and yet there are too many paths.
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const events = letters.flatMap((one) => letters.map((two) => get(`http://cart/${one}/${two}`)));

  await publishBatch(rig.nats, batch(events));
  await rig.drained();

  const counts = await compacted();
  const rest = counts.find(({ path_template }) => path_template === '/**');
  assert.equal(counts.length, MOST_TEMPLATES + 1);
  assert.equal(rest?.count, events.length - MOST_TEMPLATES);
  assert.equal(await total(), events.length);
});

test('what compaction does is told as metrics', async () => {
  await rig.ingest();
  await publishBatch(rig.nats, batch([get('http://cart/items/1'), get('http://cart/items/2', 404)]));
  await rig.drained();
  await compacted();

  await until('metrics tell', async () => {
    const metrics = await rig.registry.metrics();
    return [
      /^culvert_rollup_compactions_total [1-9]/m,
      /^culvert_rollup_deltas_total 2$/m,
      /^culvert_rollup_series 2$/m,
      /^culvert_rollup_leading 1$/m,
      /^culvert_rollup_compaction_duration_seconds_count [1-9]/m,
    ].every((pattern) => pattern.test(metrics));
  });
});

test('old minutes and hours are dropped, also where a clock runs ahead, and series that nothing is counted under', async (t) => {
  await rig.pool
    .query(`INSERT INTO culvert.http_series (cluster, namespace, workload, method, path_template, status_class)
    SELECT 'local', 'shop', 'w', 'GET', '/' || n, 2 FROM generate_series(1, 3) AS n`);
  for (const [step, ages] of [
    ['minute', [23, 25, 24 * 6]],
    ['hour', [23, 24 * 6, 24 * 8]],
    ['six_hours', [23, 24 * 6, 24 * 8]],
  ] as const)
    await rig.pool.query(
      `INSERT INTO culvert.http_rollups_${step}
       SELECT now() - hours * interval '1 hour', (SELECT min(series_id) FROM culvert.http_series) + n - 1, 1, 0, 0, 0, ''
       FROM unnest($1::int4[]) WITH ORDINALITY AS age (hours, n)`,
      [ages],
    );
  const own = createPool(rig.postgres.url, { applicationName: 'test', log: silent });
  const store = await rig.storeClock();

  const rollups = startRollups({
    pool: own,
    // Ahead of Postgres's, so that nothing goes for that.
    clock: { now: () => store.now() + 30 * 24 * 3_600_000 },
    log: silent,
    registry: new Registry(),
    limits: DEFAULT_ROLLUP_LIMITS,
  });
  t.after(async () => {
    await rollups.stop();
    await own.end();
  });
  await until(
    'a series is gone',
    async () => (await rig.count('SELECT count(*) FROM culvert.http_series')) === 2,
  );
  await rollups.stop();

  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_rollups_minute'), 1);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_rollups_hour'), 2);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_rollups_six_hours'), 2);
});
