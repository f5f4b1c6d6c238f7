import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test, type TestContext } from 'node:test';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { startTestOrchestrator, type TestOrchestrator } from './testing/process.ts';
import { startTestStore, type TestStore } from './testing/store.ts';

let directory: string;
let store: TestStore;
let nats: NatsServer;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-orchestrator-'));
  store = await startTestStore();
  nats = await startNatsServer({ storeDir: directory, port: 0 });
});
after(async () => {
  await nats.stop();
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function start(t: TestContext, more: Readonly<Record<string, string>> = {}): Promise<TestOrchestrator> {
  const orchestrator = await startTestOrchestrator({
    CULVERT_POSTGRES_URL: store.server.url,
    NATS_URL: nats.url,
    CULVERT_DATA_DIR: directory,
    ...more,
  });
  t.after(() => orchestrator.stop());
  return orchestrator;
}

const QUERY = '{ requests { requestId } }';
const EMPTY = { data: { requests: [] } };

test('S1-32: it serves before Postgres and NATS are there, says which are missing, and works when they come', async (t) => {
  await Promise.all([store.server.stop(), nats.stop()]);
  const orchestrator = await start(t);

  await orchestrator.untilDown('postgres', 'nats', 'ingest');
  const health = await fetch(`${orchestrator.apiUrl}/health/detailed`);
  const refused = await orchestrator.ask(QUERY);
  await store.server.restart();
  await orchestrator.untilDown('nats', 'ingest');
  await nats.restart();
  await orchestrator.untilDown();
  const answer = await orchestrator.ask(QUERY);
  const healthy = await fetch(`${orchestrator.apiUrl}/health/detailed`);

  assert.equal(health.status, 503);
  const report = (await health.json()) as {
    dependencies: Record<string, { status: string; message: string }>;
  };
  assert.match(report.dependencies['postgres']?.message ?? '', /ECONNREFUSED/);
  assert.match(report.dependencies['nats']?.message ?? '', /not been reached/);
  assert.match(JSON.stringify(refused), /STORE_UNAVAILABLE/);
  assert.deepEqual(answer, EMPTY);
  assert.equal(healthy.status, 200);
  const detail = (await healthy.json()) as {
    versions: Record<string, string>;
    roles: string[];
    retention: { maxBytes: number };
    upkeep: Record<string, unknown>;
  };
  assert.deepEqual(Object.keys(detail.versions), ['culvert', 'node', 'postgres', 'nats']);
  assert.deepEqual(detail.roles, ['ingest', 'api']);
  assert.equal(detail.retention.maxBytes, 20 * 1024 ** 3);
  assert.deepEqual(Object.keys(detail.upkeep), ['partitions', 'rollups', 'retention', 'indexes']);
});

test('Postgres or NATS lost later is named, and work resumes by itself', async (t) => {
  const orchestrator = await start(t);
  await orchestrator.untilDown();

  await nats.kill();
  await becomesTrue(async () => (await orchestrator.ready())?.checks['nats']?.status !== 'ok', {
    timeoutMs: 30_000,
  });
  const withoutNats = await orchestrator.ask('{ agents { agentId books { balanced } } }');
  await nats.restart();
  await orchestrator.untilDown();
  await store.server.kill();
  await becomesTrue(async () => (await orchestrator.ready())?.checks['postgres']?.status !== 'ok', {
    timeoutMs: 30_000,
  });
  await store.server.restart();
  await orchestrator.untilDown();

  assert.deepEqual(withoutNats, { data: { agents: [] } });
  assert.deepEqual(await orchestrator.ask(QUERY), EMPTY);
});

/** Sends a query and returns once Postgres has it waiting for a lock. */
async function askAndHold(orchestrator: TestOrchestrator) {
  const holder = await store.pool.connect();
  await holder.query('BEGIN; LOCK TABLE culvert.http_transactions IN ACCESS EXCLUSIVE MODE');
  const answer = orchestrator.ask(QUERY).catch((error: unknown) => error);
  await becomesTrue(
    async () => {
      const { rows } = await store.pool.query(
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'culvert-api' AND wait_event_type = 'Lock'",
      );
      return rows.length === 1;
    },
    { timeoutMs: 30_000 },
  );
  return {
    answer,
    letGo: async () => {
      await holder.query('ROLLBACK');
      holder.release();
    },
  };
}

function stepsOf(orchestrator: TestOrchestrator): unknown[] {
  return orchestrator.lines.filter((line) => 'step' in line).map((line) => line['step']);
}

/** Whether it ended without cutting anything off. Its last lines may arrive after its end. */
async function endedCleanly(orchestrator: TestOrchestrator): Promise<unknown> {
  const last = () => orchestrator.lines.find((line) => line['msg'] === 'orchestrator has ended');
  await becomesTrue(() => last() !== undefined, { timeoutMs: 30_000 });
  return last()?.['clean'];
}

test('S5-40: on SIGTERM it tells readiness, accepts nothing more, and lets an active request finish', async (t) => {
  const orchestrator = await start(t, { CULVERT_SQL_TIMEOUT_MS: '30000', CULVERT_LOG_LEVEL: 'debug' });
  await orchestrator.untilDown();
  const held = await askAndHold(orchestrator);

  process.kill(orchestrator.pid, 'SIGTERM');
  await orchestrator.untilDown('process');
  await becomesTrue(() => stepsOf(orchestrator).includes('stop accepting requests'), { timeoutMs: 30_000 });
  const late = await orchestrator.ask(QUERY).catch((error: unknown) => error);
  await held.letGo();
  const answer = await held.answer;
  const exit = await orchestrator.exited;
  const clean = await endedCleanly(orchestrator);

  assert.ok(late instanceof Error || /closing/.test(JSON.stringify(late)));
  assert.deepEqual(answer, EMPTY);
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.deepEqual(stepsOf(orchestrator), [
    'notify components',
    'stop accepting requests',
    'wait for active requests',
    'close connections',
    'flush ingest',
    'close NATS',
    'close Postgres',
    'close metrics and health',
  ]);
  assert.equal(clean, true);
});

test('S5-41: on SIGINT a request that takes too long is cut off, and the process still ends in order', async (t) => {
  const orchestrator = await start(t, {
    CULVERT_SQL_TIMEOUT_MS: '30000',
    CULVERT_SHUTDOWN_TIMEOUT_MS: '50',
  });
  await orchestrator.untilDown();
  const held = await askAndHold(orchestrator);

  process.kill(orchestrator.pid, 'SIGINT');
  const answer = await held.answer;
  await held.letGo();
  const exit = await orchestrator.exited;
  const clean = await endedCleanly(orchestrator);

  assert.ok(answer instanceof Error);
  assert.deepEqual(exit, { code: 0, signal: null });
  assert.deepEqual(stepsOf(orchestrator), ['wait for active requests']);
  assert.equal(clean, false);
});

test('/metrics has the process, GraphQL and HTTP', async (t) => {
  const orchestrator = await start(t);
  await orchestrator.untilDown();
  await orchestrator.ask('query Named { __typename }');

  const metrics = await (await fetch(`${orchestrator.metricsUrl}/metrics`)).text();

  assert.match(metrics, /^process_cpu_seconds_total /m);
  assert.match(
    metrics,
    /culvert_graphql_operation_duration_seconds_count\{operation="Named",outcome="ok"\} 1/,
  );
  assert.match(metrics, /culvert_http_request_duration_seconds_count\{method="POST",route="\/graphql"/);
});

test('with the api role alone it queries, and with a token required it makes one', async (t) => {
  const orchestrator = await start(t, { CULVERT_ROLES: 'api', CULVERT_REQUIRE_TOKEN: '1' });
  await orchestrator.untilDown();

  const answer = await orchestrator.ask(QUERY);
  const report = await orchestrator.ready();

  assert.match(JSON.stringify(answer), /UNAUTHENTICATED/);
  assert.deepEqual(Object.keys(report?.checks ?? {}), ['postgres', 'nats', 'process']);
  assert.ok(orchestrator.lines.some((line) => line['file'] === join(directory, 'token')));
});

for (const [role, other] of [
  ['api', 'ingest'],
  ['ingest', 'api'],
] as const)
  test(`with the role ${role} alone there are no connections for ${other}`, async (t) => {
    const orchestrator = await start(t, { CULVERT_ROLES: role });
    await orchestrator.untilDown();

    const metrics = await (await fetch(`${orchestrator.metricsUrl}/metrics`)).text();

    assert.match(metrics, new RegExp(`^culvert_postgres_max_connections\\{pool="${role}"\\} [1-9]`, 'm'));
    assert.doesNotMatch(metrics, new RegExp(`pool="${other}"`));
    const report = await orchestrator.ready();
    assert.equal(report?.checks['postgres']?.status, 'ok');
  });
