import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { neededPorts, readConfig, settings } from './config.ts';
import { assertFree, freePort } from './launcher/ports.ts';
import { descendants, readProcessTable } from './launcher/process-table.ts';
import { becomesTrue } from './launcher/wait.ts';

let stateDirectory: string;

before(async () => {
  stateDirectory = await mkdtemp(join(tmpdir(), 'culvert-demo-test-'));
});

after(async () => {
  await rm(stateDirectory, { recursive: true, force: true });
});

/** A demo on free ports, its group led by itself as a shell would do it. */
async function startDemo(more: Record<string, string> = {}) {
  const environment: Record<string, string> = { CULVERT_DEMO_STATE_DIR: stateDirectory };
  for (const { variable } of neededPorts(readConfig({}))) environment[variable] = String(await freePort());
  Object.assign(environment, more);
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ONCE: '', ...environment },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const status = new Promise<number | null>((resolve) => child.once('close', resolve));
  let ended = false;
  void status.then(() => (ended = true));
  return {
    pid: child.pid ?? 0,
    status,
    ports: neededPorts(readConfig(environment)),
    output: () => output,
    async prints(text: string) {
      await becomesTrue(() => output.includes(text) || ended, { timeoutMs: 90_000 });
      assert.ok(output.includes(text), `the demo should have printed ${JSON.stringify(text)}:\n${output}`);
    },
    processes: async () => descendants(await readProcessTable(), child.pid ?? 0),
    /** What a terminal does at Ctrl-C. */
    interrupt: () => process.kill(-(child.pid ?? 0), 'SIGINT'),
  };
}

async function assertGone(pids: readonly number[], demo: Awaited<ReturnType<typeof startDemo>>) {
  const gone = await becomesTrue(
    async () => (await readProcessTable()).every((row) => !pids.includes(row.pid) && row.group !== demo.pid),
    { timeoutMs: 10_000 },
  );
  assert.ok(gone, 'no process is left');
  for (const { port, variable, purpose } of demo.ports) await assertFree(port, variable, purpose);
}

test('with ONCE=1 the demo shows what it sent and ends with 0', async () => {
  const demo = await startDemo({ ONCE: '1' });

  const status = await demo.status;

  assert.equal(status, 0, demo.output());
  assert.match(demo.output(), /Everything that was sent was read back, byte for byte/);
  assert.match(demo.output(), /GraphiQL +http:/);
});

test('on the data of an earlier run, Ctrl-C ends everything in order and leaves no process', async () => {
  const demo = await startDemo();
  await demo.prints('Ctrl-C ends it');
  const pids = await demo.processes();

  demo.interrupt();

  assert.equal(await demo.status, 0, demo.output());
  const ends = [...demo.output().matchAll(/✓ (.*) ended/g)].map(([, name]) => name);
  assert.deepEqual(ends, ['sidecar', 'sample application', 'orchestrator', 'nats-server', 'Postgres']);
  assert.ok(pids.length >= 5);
  await assertGone(pids, demo);
});

test('Ctrl-C while things start leaves no process either', async () => {
  const demo = await startDemo();
  await demo.prints('✓ nats-server');
  const pids = await demo.processes();

  demo.interrupt();

  assert.equal(await demo.status, 130, demo.output());
  await assertGone(pids, demo);
});

test('Ctrl-C again and again ends everything at once', async () => {
  const demo = await startDemo();
  await demo.prints('✓ nats-server');
  const pids = await demo.processes();

  const repeat = setInterval(demo.interrupt, 100);
  await demo.status;
  clearInterval(repeat);

  await assertGone(pids, demo);
});

test('a part that dies is named with its last lines, and the rest is ended', async () => {
  const demo = await startDemo();
  await demo.prints('Ctrl-C ends it');
  const pids = await demo.processes();
  const lock = await readFile(join(stateDirectory, 'postgres', 'postmaster.pid'), 'utf8');

  process.kill(Number.parseInt(lock, 10), 'SIGKILL');

  assert.equal(await demo.status, 1, demo.output());
  assert.match(demo.output(), /Postgres ended by itself \(SIGKILL\)\. Its last lines:\n.*LOG/);
  await assertGone(pids, demo);
});

test('a taken port is reported with the variable that changes it, before anything starts', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.after(() => other.close());
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };

  const demo = await startDemo({ [settings.natsPort.variable]: String(port) });

  assert.equal(await demo.status, 1);
  assert.equal(
    demo.output(),
    `Port ${port}, which nats-server needs, is taken by another process: free it or choose another with CULVERT_DEMO_NATS_PORT.\n`,
  );
});
