import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { eventually } from './rig/eventually.ts';
import { readBooks, type AgentBooks } from './rig/graphql.ts';
import { startLoad, type Load } from './rig/load.ts';
import { startStack, type Stack } from './rig/stack.ts';

/** Requests that pass between two events of a test. */
const SOME = 200;

async function passes(load: Load, requests = SOME): Promise<void> {
  const from = load.answered;
  await eventually(
    () => Promise.resolve(load.answered),
    (answered) => answered >= from + requests,
    `${requests} more requests`,
  );
}

/** Ends the load and waits until the books hold every exchange that was answered. */
async function settle(stack: Stack, load: Load): Promise<AgentBooks | undefined> {
  await load.stop();
  return eventually(
    () => readBooks(stack.graphql),
    (books) =>
      books !== undefined && books.stored >= load.answered && books.inStream === 0 && books.open === 0,
    `${load.answered} exchanges stored`,
  );
}

function assertBalanced(books: AgentBooks | undefined, load: Load): void {
  assert.ok(books);
  assert.equal(load.failed, 0, 'traffic never suffers');
  assert.equal(books.stored, load.answered);
  assert.equal(books.captured, load.answered);
  assert.equal(books.acknowledged, books.published);
  assert.deepEqual([books.dropped, books.spooled, books.deadLettered], [0, 0, 0]);
  assert.deepEqual(books.lostInCrash, { min: 0, max: 0 });
  assert.equal(books.balanced, true);
}

/** Bodies travel apart, so their rows may come a moment after the books of the exchanges are complete. */
async function assertRows(stack: Stack, expected: number): Promise<void> {
  const client = new pg.Client(stack.postgres.url);
  await client.connect();
  try {
    const [rows] = await eventually(
      async () => {
        const result = await client.query<{ rows: string; bodies: string }>(
          `SELECT (SELECT count(*) FROM culvert.http_transactions WHERE status = 200) AS rows,
                  (SELECT count(*) FROM culvert.http_bodies) AS bodies`,
        );
        return result.rows;
      },
      ([counts]) => Number(counts?.bodies) >= 2 * expected,
      `${2 * expected} bodies stored`,
    );
    assert.deepEqual(rows, { rows: String(expected), bodies: String(2 * expected) });
  } finally {
    await client.end();
  }
}

test('the orchestrator is killed under load and the books balance to the last exchange', async (t) => {
  const stack = await startStack(t);
  const load = startLoad(stack.port);
  await passes(load);
  await stack.crashOrchestrator();
  await passes(load);
  const books = await settle(stack, load);
  assertBalanced(books, load);
  await assertRows(stack, load.answered);
});

test('S1-44 S1-46: nats-server is killed under load and the books balance to the last exchange', async (t) => {
  const stack = await startStack(t);
  const load = startLoad(stack.port);
  await passes(load);
  await stack.nats.kill();
  await passes(load);
  await stack.nats.restart();
  await passes(load);
  const books = await settle(stack, load);
  assertBalanced(books, load);
  await assertRows(stack, load.answered);
});

test('Postgres is killed under load, readiness names it, and the books balance to the last exchange', async (t) => {
  const stack = await startStack(t);
  const load = startLoad(stack.port);
  await passes(load);
  await stack.postgres.kill();
  await passes(load);
  const { metricsUrl } = stack.orchestrator();
  const report = await eventually(
    async () => {
      const response = await fetch(`${metricsUrl}/readyz`);
      return { status: response.status, text: await response.text() };
    },
    ({ status }) => status === 503,
    'readiness says that something is down',
  );
  const sidecar = await fetch(`${stack.sidecar().metricsUrl}/readyz`);
  await stack.postgres.restart();
  await passes(load);
  const books = await settle(stack, load);
  assert.match(report.text, /postgres/i);
  assert.equal(sidecar.status, 200);
  assertBalanced(books, load);
  await assertRows(stack, load.answered);
});

test('all three are killed in turn under one load and nothing is missing or twice', async (t) => {
  const stack = await startStack(t);
  const load = startLoad(stack.port);
  await passes(load);
  await stack.nats.kill();
  await passes(load);
  await stack.nats.restart();
  await stack.crashOrchestrator();
  await stack.postgres.kill();
  await passes(load);
  await stack.postgres.restart();
  await passes(load);
  const books = await settle(stack, load);
  assertBalanced(books, load);
  await assertRows(stack, load.answered);
});

test('B2: a killed sidecar leaves a loss that is known within one block', async (t) => {
  const stack = await startStack(t, { sidecar: { CULVERT_HEARTBEAT_MS: '15000' } });
  const load = startLoad(stack.port);
  await passes(load, 1_500);
  await stack.crashSidecar();
  await passes(load);
  await load.stop();
  const books = await eventually(
    () => readBooks(stack.graphql),
    (current) => current !== undefined && current.lostInCrash.max > 0 && current.inStream === 0,
    'the crash was reported',
  );
  assert.ok(books);
  assert.ok(books.lostInCrash.max - books.lostInCrash.min <= 1_000);
});
