import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startOrchestrator, type OrchestratorProcess } from '@culvert/demo/launcher/culvert';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import { EMBEDDED } from './testing/combinations.ts';
import { render } from './testing/helm.ts';
import { find, podOf } from './testing/manifests.ts';

let directory: string;
let nats: NatsServer;
let postgres: PostgresServer;
let orchestrator: OrchestratorProcess;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-helm-test-'));
  nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  postgres = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0, durable: false });
  await writeFile(join(directory, 'right'), 'right-token\n');
  await writeFile(join(directory, 'wrong'), 'wrong-token\n');
  orchestrator = await startOrchestrator({
    environment: {
      CULVERT_POSTGRES_URL: postgres.url,
      NATS_URL: nats.url,
      CULVERT_REQUIRE_TOKEN: '1',
      CULVERT_TOKEN_FILE: join(directory, 'right'),
      CULVERT_LOG_LEVEL: 'fatal',
    },
  });
});

after(async () => {
  await orchestrator.stop();
  await postgres.stop();
  await nats.stop();
  await rm(directory, { recursive: true, force: true });
});

/** Runs what the container of `helm test` runs. */
async function runTest(tokenFile: string): Promise<{ status: number; printed: string }> {
  const [container] = podOf(find(await render(EMBEDDED), 'Pod', 'culvert-test'))?.spec.containers ?? [];
  const { command = [], args = [] } = container as { command?: readonly string[]; args?: readonly string[] };
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [...command.slice(1), ...args],
      { env: { API: orchestrator.apiUrl, TOKEN_FILE: join(directory, tokenFile) }, timeout: 60_000 },
      (_error, stdout, stderr) => {
        resolve({ status: child.exitCode ?? -1, printed: `${stdout}${stderr}` });
      },
    );
  });
}

test('helm test passes where the API works, and shows what it found', async () => {
  const { status, printed } = await runTest('right');

  assert.equal(status, 0, printed);
  assert.match(printed, /"postgres": \{\s+"status": "ok"/);
  assert.match(printed, /GraphQL works; agents known: 0/);
});

test('helm test fails with a wrong token, and says what was answered', async () => {
  const { status, printed } = await runTest('wrong');

  assert.equal(status, 1);
  assert.match(printed, /\/health\/detailed answered 401/);
});
