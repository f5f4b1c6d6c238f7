import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { freePort } from '@culvert/demo/launcher/ports';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { startTestOrchestrator } from '../testing/process.ts';
import type { PolicyReport } from './policies.ts';

const BROKEN = `apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: { name: cart }
spec: { ports: [{ port: 70000 }] }
`;

test('a process without Postgres and ingest follows its policies, and mistakes in them leave readiness alone', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-policies-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  t.after(() => nats.stop());
  await writeFile(join(directory, 'cart.yaml'), BROKEN);
  const orchestrator = await startTestOrchestrator({
    CULVERT_ROLES: 'api',
    CULVERT_POSTGRES_URL: `postgres://culvert@127.0.0.1:${await freePort()}/culvert`,
    NATS_URL: nats.url,
    CULVERT_CONFIG_DIR: directory,
  });
  t.after(() => orchestrator.stop());

  let report: PolicyReport | undefined;
  const found = await becomesTrue(
    async () => {
      const response = await fetch(`${orchestrator.apiUrl}/health/detailed`);
      report = ((await response.json()) as { policies?: PolicyReport }).policies;
      return report?.brokenFiles === 1;
    },
    { timeoutMs: 20_000 },
  );

  assert.ok(found, JSON.stringify(report));
  assert.equal(report?.directory, directory);
  assert.match(
    report?.problems.join('\n') ?? '',
    /cart\.yaml:1: document 1: .*write a port number from 1 to 65535/,
  );
  await orchestrator.untilDown('postgres');
});
