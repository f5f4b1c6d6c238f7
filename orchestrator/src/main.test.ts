import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program until it ends by itself. */
function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const program = new URL('./main.ts', import.meta.url).pathname;
    const env = { PATH: process.env['PATH'], ...environment };
    execFile(process.execPath, [program, ...args], { env, timeout: 30_000 }, (error, stdout, stderr) => {
      resolve({
        code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1,
        stdout,
        stderr,
      });
    });
  });
}

test('--help says what the flags are and ends with 0', async () => {
  const ended = await run(['--help']);

  assert.equal(ended.code, 0);
  assert.match(ended.stdout, /--roles LIST/);
});

test('a wrong flag ends with 2 and the usage', async () => {
  const ended = await run(['--roles', 'ingest,boss']);

  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /--roles must be .* not "boss"/);
  assert.match(ended.stderr, /Usage:/);
});

test('wrong configuration ends with 1 and names every mistake', async () => {
  const ended = await run([], { CULVERT_PORT: 'x', NATS_URL: 'http://x', CULVERT_LOG_LEVEL: 'loud' });

  assert.equal(ended.code, 1);
  for (const variable of ['CULVERT_PORT', 'NATS_URL', 'CULVERT_LOG_LEVEL'])
    assert.match(ended.stderr, new RegExp(`^ {2}- ${variable} must`, 'm'));
});

test('a taken port ends with 1 and a sentence that names port and variable', async (t) => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  t.after(() => holder.close());
  const port = String((holder.address() as AddressInfo).port);
  const away = { CULVERT_POSTGRES_URL: 'postgres://127.0.0.1:1/x', NATS_URL: 'nats://127.0.0.1:1' };

  const api = await run([], { ...away, CULVERT_PORT: port, CULVERT_METRICS_PORT: '0' });
  const metrics = await run([], { ...away, CULVERT_PORT: '0', CULVERT_METRICS_PORT: port });

  assert.equal(api.code, 1);
  assert.match(api.stderr, new RegExp(`port ${port} is taken: .* CULVERT_PORT`));
  assert.equal(metrics.code, 1);
  assert.match(metrics.stderr, new RegExp(`port ${port} is taken: .* CULVERT_METRICS_PORT`));
});
