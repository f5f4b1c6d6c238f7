import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import pg from 'pg';
import { EventKind } from '@culvert/proto';
import { batch, bodyEvent, exchangeEvent, mintRequestId, partEvents } from '../ingest/testing/batches.ts';
import { publishBatch, publishHeartbeat } from '../ingest/testing/publish.ts';
import { silent, startRig, until, type Rig } from '../ingest/testing/rig.ts';
import { startTestOrchestrator, type TestOrchestrator } from '../testing/process.ts';
import { migrate } from './migrate.ts';
import {
  clockOfRecording,
  publishRecorded,
  recordedBatches,
  unpackOrchestrator,
} from './testing/released.ts';
import { brokenPromises, readShape } from './testing/schema-shape.ts';

let rig: Rig;
let directory: string;
let program: string;
let running: TestOrchestrator[] = [];

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-schema-life-'));
  program = await unpackOrchestrator(directory);
  rig = await startRig();
});
beforeEach(async () => {
  await stopAll();
  await rig.clear();
});
after(async () => {
  await stopAll();
  await rig.close();
  await rm(directory, { recursive: true });
});

async function stopAll(): Promise<void> {
  await Promise.all(running.map((orchestrator) => orchestrator.stop()));
  running = [];
}

/** The orchestrator from before the newest migrations. */
async function startReleased(postgresUrl = rig.postgres.url): Promise<TestOrchestrator> {
  const orchestrator = await startTestOrchestrator(
    { CULVERT_POSTGRES_URL: postgresUrl, NATS_URL: rig.natsServer.url, CULVERT_DATA_DIR: directory },
    program,
  );
  running.push(orchestrator);
  await until('it is ready', async () => (await orchestrator.ready())?.status === 'ok');
  return orchestrator;
}

/** A database of its own, without tables. */
async function emptyDatabase(name: string): Promise<string> {
  await rig.pool.query(`CREATE DATABASE ${name}`);
  const url = new URL(rig.postgres.url);
  url.pathname = `/${name}`;
  return url.href;
}

test('the orchestrator from before the newest migrations stores and answers on the new tables', async () => {
  const released = await startReleased();
  const whole = mintRequestId(Date.now() - 1_000);
  const parts = partEvents();

  await publishBatch(rig.nats, batch([exchangeEvent(whole), parts[0]]));
  await publishBatch(rig.nats, batch([exchangeEvent('no id'), parts[1], parts[2]], { firstSequence: 3 }));
  await publishBatch(rig.nats, batch([bodyEvent(whole)], { kind: EventKind.EVENT_KIND_BODY }));
  await publishHeartbeat(rig.nats, {
    books: [
      {
        kind: EventKind.EVENT_KIND_EXCHANGE,
        connections: 1,
        opaqueConnections: 0,
        opaqueByReason: {},
        captured: 3,
        excludedByReason: {},
        sampledOut: 0,
        droppedByReason: {},
        truncated: 0,
        redactionWithheld: 0,
        open: 0,
        spooled: 0,
        published: 3,
        acknowledged: 3,
        lastSequence: 5,
      },
    ],
  });
  await rig.drained();
  const { requests, agents } = await data<{
    requests: { requestId: string; status: number; state: string; responseBody: string | null }[];
    agents: { books: { stored: number; deadLettered: number; balanced: boolean } }[];
  }>(
    released,
    '{ requests { requestId status state responseBody } agents { books { stored deadLettered balanced } } }',
  );

  assert.deepEqual(
    requests.map(({ requestId, status, state }) => [requestId, status, state]),
    [
      [parts[0].requestId, 200, 'COMPLETE'],
      [whole, 200, 'COMPLETE'],
    ],
  );
  assert.equal(requests[1]?.responseBody, Buffer.from('ok').toString('base64'));
  assert.deepEqual(agents, [{ books: { stored: 2, deadLettered: 1, balanced: true } }]);
});

test('old and new replicas work side by side, and each reads what the other one stores', async () => {
  const released = await startReleased();
  await rig.ingest();

  for (let i = 0; i < 40; i++)
    await publishBatch(rig.nats, batch([exchangeEvent(), ...partEvents()], { firstSequence: 1 + i * 4 }));
  await rig.drained();
  const { requests } = await data<{ requests: { state: string }[] }>(released, '{ requests { state } }');

  assert.equal(await rig.count('SELECT count(*) FROM culvert.http_transactions WHERE outcome = 1'), 80);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.dead_letters'), 0);
  assert.deepEqual(new Set(requests.map(({ state }) => state)), new Set(['COMPLETE']));
});

test('what an earlier release recorded goes through ingest whole', async () => {
  await rig.ingest({}, { clock: await clockOfRecording() });

  for (const recorded of await recordedBatches()) await publishRecorded(rig.nats, recorded);
  await rig.drained();

  assert.deepEqual(await rig.rows('SELECT reason, detail FROM culvert.dead_letters'), []);
  assert.deepEqual(
    await rig.rows(
      'SELECT method, path, status, outcome FROM culvert.http_transactions ORDER BY method, path',
    ),
    [
      { method: 'GET', path: '/items?id=1', status: 200, outcome: 1 },
      { method: 'GET', path: '/slow/1', status: 201, outcome: 1 },
      { method: 'POST', path: '/items', status: 200, outcome: 1 },
    ],
  );
  assert.deepEqual(await rig.rows('SELECT data FROM culvert.http_bodies WHERE direction = 1'), [
    { data: Buffer.from('{"id":7}') },
  ]);
  assert.equal(await rig.count('SELECT count(*) FROM culvert.websocket_frames'), 2);
  assert.deepEqual(
    await rig.rows(
      'SELECT kind, captured = stored AS whole FROM culvert.agent_books WHERE kind < 3 AND reported_at IS NOT NULL ORDER BY 1',
    ),
    [
      { kind: 1, whole: true },
      { kind: 2, whole: true },
    ],
  );
  assert.equal(await rig.count('SELECT count(*) FROM culvert.agents'), 1);
});

test('migrations run while an older replica writes, and only add what it can live with', async () => {
  const url = await emptyDatabase('upgraded');
  const pool = new pg.Pool({ connectionString: url });
  try {
    await startReleased(url);
    const before = await readShape(pool);
    let written = 0;
    let writing = true;
    const writer = (async () => {
      while (writing) {
        const events = [exchangeEvent(), ...partEvents()];
        await publishBatch(rig.nats, batch(events, { firstSequence: 1 + written * 4 }));
        written++;
      }
    })();
    await until('it writes', () => written > 20);

    await migrate(url, silent);
    const after = written;
    await until('it goes on writing', () => written > after + 20);
    writing = false;
    await writer;
    await rig.drained();

    const { rows } = await pool.query(
      'SELECT count(*)::int AS n FROM culvert.http_transactions WHERE outcome = 1',
    );
    assert.deepEqual(rows, [{ n: written * 2 }]);
    assert.equal((await pool.query('SELECT FROM culvert.dead_letters')).rowCount, 0);
    assert.deepEqual(brokenPromises(before, await readShape(pool)), []);
  } finally {
    await stopAll();
    await pool.end();
  }
});

test('a migration that an older replica could not live with is noticed', async () => {
  const url = await emptyDatabase('broken');
  const pool = new pg.Pool({ connectionString: url });
  try {
    await migrate(url, silent);
    const before = await readShape(pool);
    for (const statement of [
      'ALTER TABLE culvert.agents DROP COLUMN node',
      'ALTER TABLE culvert.agents ALTER COLUMN role TYPE varchar(9)',
      'ALTER TABLE culvert.agents ADD COLUMN zone text NOT NULL',
      'ALTER TABLE culvert.agents ALTER COLUMN config_revision SET NOT NULL',
      'ALTER TABLE culvert.agents ADD COLUMN region text',
      `ALTER TABLE culvert.agents ADD CHECK (pod <> '')`,
      'CREATE UNIQUE INDEX ON culvert.agents (workload)',
      'ALTER TABLE culvert.agents DROP CONSTRAINT agents_pkey',
      'DROP TABLE culvert.audit_log',
    ])
      await pool.query(statement);

    const found = brokenPromises(before, await readShape(pool));

    assert.deepEqual(
      found.filter((fault) => fault.startsWith('agents')),
      [
        'agents.config_revision must be given now',
        'agents.node is gone',
        'agents.role was text and is character varying(9)',
        'agents.zone is new and must be given',
        "agents has a new rule: CHECK ((pod <> ''::text))",
        'agents has a new rule: UNIQUE btree (workload)',
        'agents: PRIMARY KEY (agent_id) is gone',
        'agents: UNIQUE btree (agent_id) is gone',
      ],
    );
    assert.ok(found.includes('audit_log.actor is gone'));
  } finally {
    await pool.end();
  }
});

async function data<T>(orchestrator: TestOrchestrator, query: string): Promise<T> {
  const { data: found, errors } = (await orchestrator.ask(query)) as { data: T; errors?: unknown };
  if (errors !== undefined) throw new Error(JSON.stringify(errors));
  return found;
}
