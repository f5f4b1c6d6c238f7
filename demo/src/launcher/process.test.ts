import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readProcessTable } from './process-table.ts';
import { startProcess, type ManagedProcess } from './process.ts';
import { becomesTrue } from './wait.ts';

/** Starts a shell script that says `ready` when it is. */
async function startScript(script: string, more: { stopTimeoutMs?: number } = {}): Promise<ManagedProcess> {
  let ready = false;
  return startProcess({
    name: 'script',
    command: '/bin/sh',
    args: ['-c', script],
    onLine: (line) => {
      ready ||= line === 'ready';
    },
    ready: () => ready,
    ...more,
  });
}

const groupOf = async (group: number): Promise<number[]> =>
  (await readProcessTable()).filter((row) => row.group === group).map((row) => row.pid);

test('a stopped process takes the rest of its group with it', async () => {
  const script = await startScript(
    'sleep 1000 & trap "exit 3" TERM; echo ready; while :; do sleep 0.01; done',
  );
  assert.ok((await groupOf(script.pid)).length >= 2);

  const exit = await script.stop();

  assert.deepEqual(exit, { code: 3, signal: null });
  assert.ok(await becomesTrue(async () => (await groupOf(script.pid)).length === 0, { timeoutMs: 5_000 }));
});

test('a process that ignores SIGTERM is killed after its time', async () => {
  const script = await startScript('trap "" TERM; echo ready; while :; do sleep 0.01; done', {
    stopTimeoutMs: 100,
  });

  const exit = await script.stop();

  assert.deepEqual(exit, { code: null, signal: 'SIGKILL' });
});

test('a killed process takes its descendants in other groups with it', async () => {
  const script = await startScript(`${process.execPath} -e '
    const child = require("child_process").spawn("sleep", ["1000"], { detached: true });
    child.on("spawn", () => console.log("ready"));
  ' & wait`);
  const before = await readProcessTable();
  const sleeper = before.find(
    (row) => row.group === row.pid && before.some((p) => p.pid === row.parent && p.group === script.pid),
  );
  assert.ok(sleeper);

  await script.kill();

  assert.ok(!(await readProcessTable()).some((row) => row.pid === sleeper.pid));
});

test('a process that ends before it is ready is reported with its last lines', async () => {
  await assert.rejects(startScript('echo "no such port" >&2; exit 4'), {
    message: 'script ended at once (status 4). Its last lines:\nno such port',
  });
});

test('a program that does not exist is reported by name', async () => {
  const started = startProcess({ name: 'ghost', command: '/no/such/program', ready: () => true });

  await assert.rejects(started, /^Error: ghost cannot be started: .*ENOENT/);
});

test('output is appended to the log file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-process-test-'));
  const logFile = join(directory, 'log', 'script.log');
  const script = await startProcess({
    name: 'script',
    command: '/bin/sh',
    args: ['-c', 'echo one; echo two >&2; sleep 1000'],
    logFile,
    ready: async () => (await readFile(logFile, 'utf8').catch(() => '')).includes('two'),
  });

  assert.equal(script.tail(1), 'two');
  await script.stop();
  assert.equal(await readFile(logFile, 'utf8'), 'one\ntwo\n');
  await rm(directory, { recursive: true });
});

test('when the launcher itself is killed, what it started ends too', async () => {
  const launcher = spawn(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `import { startProcess } from ${JSON.stringify(new URL('./process.ts', import.meta.url).href)};
       const child = await startProcess({ name: 'sleeper', command: 'sleep', args: ['1000'], ready: () => true });
       console.log(child.pid);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const [text] = (await launcher.stdout.take(1).toArray()) as Buffer[];
  const group = Number(text?.toString());
  assert.equal((await groupOf(group)).length, 1);

  launcher.kill('SIGKILL');

  assert.ok(await becomesTrue(async () => (await groupOf(group)).length === 0, { timeoutMs: 5_000 }));
});
