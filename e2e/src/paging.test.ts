import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator } from '@culvert/demo/launcher/culvert';
import pg from 'pg';
import { eventually } from './rig/eventually.ts';
import { publishHistory } from './rig/history.ts';
import { startLoad } from './rig/load.ts';
import { createEndings, startStackWith, type Stack } from './rig/stack.ts';

const HOUR_MS = 3_600_000;
const HOURS = 8;
const EACH_HOUR = 40;
const PAGE = 25;

interface Page {
  readonly transactions: {
    readonly nodes: readonly { readonly requestId: string }[];
    readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
  };
}

test('pages of one list neither repeat nor leave out what stays, while exchanges arrive and the oldest hours go', async (t) => {
  const endings = createEndings();
  t.after(() => endings.run());
  const stack = await startStackWith(endings);
  const database = new pg.Client({ connectionString: stack.postgres.url });
  await database.connect();
  endings.add(() => database.end());
  const now = Date.now();
  const times = Array.from({ length: HOURS * EACH_HOUR }, (_, i) => now - 1_000 - (i * HOUR_MS) / EACH_HOUR);
  const ids = await publishHistory(stack.nats.url, times);
  await eventually(
    () => storedIds(database),
    (stored) => stored.length === ids.length,
    'the past is stored',
  );
  const load = startLoad(stack.port);
  endings.add(() => load.stop());

  // Some pages are read before the oldest hours go, the others after that.
  const [first, second, third] = await readPages(stack, null, 3);
  assert.ok(first && second && third);
  const answeredAtFirst = load.answered;
  const older = await readPages(stack, third.cursor, 100);
  const oldestCursor = older.at(-1)?.cursor ?? null;
  const keeper = await startOrchestrator({
    environment: {
      CULVERT_ROLES: 'ingest',
      CULVERT_POSTGRES_URL: await withClockOf(database, stack.postgres.url),
      NATS_URL: stack.nats.url,
      CULVERT_ACCEPTED_PAST_MS: String(2 * HOUR_MS),
      CULVERT_RETENTION_MS: String(2 * HOUR_MS),
      CULVERT_RETENTION_PERIOD_MS: '200',
    },
  });
  endings.add(() => keeper.stop());
  const whileDropping = await readPages(stack, third.cursor, 100);
  await eventually(
    () => storedIds(database),
    (stored) => ids.filter((id) => stored.includes(id)).length <= 3 * EACH_HOUR,
    'the oldest hours are gone',
  );
  const rest = await readPages(stack, third.cursor, 100);
  const afterTheLast = await readPages(stack, oldestCursor, 1);
  const left = new Set(await storedIds(database));

  const begun = [first, second, third].flatMap((page) => page.ids);
  for (const pages of [older, whileDropping, rest]) {
    const seen = [...begun, ...pages.flatMap((page) => page.ids)];
    assert.deepEqual(seen, [...new Set(seen)].toSorted().toReversed(), 'newest first, none twice');
    // Of those that arrive, some are stored after others that began later.
    const missing = ids.filter((id) => left.has(id) && !seen.includes(id));
    assert.deepEqual(missing, [], 'what stays is in one of the pages');
  }
  const before = [...begun, ...older.flatMap((page) => page.ids)];
  assert.ok(
    ids.every((id) => before.includes(id)),
    'before anything went, the pages had all of the past',
  );
  assert.ok(
    rest.flatMap((page) => page.ids).every((id) => left.has(id)),
    'what is gone is no longer told',
  );
  assert.deepEqual(
    afterTheLast.map((page) => page.ids),
    [[]],
    'a cursor in an hour that is gone leads to an empty page',
  );
  assert.ok(load.answered > answeredAtFirst, 'exchanges arrived meanwhile');
  assert.equal(load.failed, 0);
});

/**
 * What is old by only one clock is kept, and Postgres's need not be this machine's.
 *
 * @returns the URL of the same database, where Postgres tells this machine's time
 */
async function withClockOf(database: pg.Client, url: string): Promise<string> {
  const { rows } = await database.query<{ now: Date }>('SELECT clock_timestamp() AS now');
  const aheadMs = Date.now() - (rows[0]?.now.getTime() ?? NaN);
  await database.query(`CREATE SCHEMA played;
    CREATE FUNCTION played.clock_timestamp() RETURNS timestamptz LANGUAGE sql
    RETURN pg_catalog.clock_timestamp() + interval '${aheadMs} milliseconds'`);
  return `${url}?options=${encodeURIComponent('-c search_path=played,pg_catalog')}`;
}

/** Reads pages one after the other until there are no more, or so many. */
async function readPages(
  { graphql }: Stack,
  from: string | null,
  most: number,
): Promise<{ readonly ids: readonly string[]; readonly cursor: string | null }[]> {
  const pages: { readonly ids: readonly string[]; readonly cursor: string | null }[] = [];
  for (let after = from; pages.length < most;) {
    const page: Page = await graphql.query<Page>(
      `query ($first: Int!, $after: String) { transactions(first: $first, after: $after) {
        nodes { requestId } pageInfo { endCursor hasNextPage } } }`,
      { first: PAGE, after },
    );
    const { nodes, pageInfo } = page.transactions;
    after = pageInfo.endCursor;
    pages.push({ ids: nodes.map(({ requestId }) => requestId), cursor: after });
    if (!pageInfo.hasNextPage) break;
  }
  return pages;
}

async function storedIds(database: pg.Client): Promise<readonly string[]> {
  const { rows } = await database.query<{ request_id: string }>(
    'SELECT request_id FROM culvert.http_transactions',
  );
  return rows.map((row) => row.request_id);
}
