import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { WorkloadDocument } from '@culvert/policy/document';
import { manifestKey, workloadKey } from '@culvert/policy/keys';
import { DEFAULT_RULES } from '@culvert/policy/port-rules';
import { createLogger } from '@culvert/runtime/log';
import { openBucket } from './bucket.ts';
import { createDistributor } from './documents.ts';
import { linkNats } from './nats-link.ts';

const MORE_THAN_A_MESSAGE = 2 * 1024 * 1024;

function documentOf(name: string, pathBytes: number): WorkloadDocument {
  const paths = [{ type: 'Exact' as const, value: '/'.padEnd(pathBytes, 'x') }];
  return {
    schemaVersion: 1,
    kind: 'Workload',
    revision: '00000000000000aa',
    namespace: 'shop',
    workload: `Deployment/${name}`,
    policies: [],
    ports: {},
    otherPorts: { ...DEFAULT_RULES, match: [{ paths }] },
  };
}

test('a document that NATS does not take is named, and the others of its namespace are written', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-documents-'));
  const nats = await startNatsServer({ storeDir: directory, port: 0 });
  const log = createLogger('test', 'error');
  const link = linkNats(nats.url, '', log);
  let read = false;
  const events = {
    onRead: () => (read = true),
    onLost: () => undefined,
    onForeignChange: () => undefined,
  };
  const bucket = openBucket(link, events, log);
  t.after(async () => {
    bucket.stop();
    await link.close();
    await nats.stop();
    await rm(directory, { recursive: true, force: true });
  });
  assert.ok(await becomesTrue(() => read, { timeoutMs: 20_000, everyMs: 20 }));
  const [large, small] = ['large', 'small'].map((name) => workloadKey('shop', `Deployment/${name}`, 'v1'));
  const documents = new Map([
    [large!, documentOf('large', MORE_THAN_A_MESSAGE)],
    [small!, documentOf('small', 1)],
  ]);
  const plan = { documents, sources: new Map(), problems: [] };
  const distributor = createDistributor({ bucket, graceMs: 0, now: () => 0, onWrite: () => undefined });

  await assert.rejects(distributor.distribute('shop', plan), (error: Error) =>
    error.message.startsWith(`document ${large}: `),
  );

  assert.equal(bucket.get(small!)?.revision, '00000000000000aa');
  assert.deepEqual(bucket.get(manifestKey('shop'))?.documents, { [small!]: '00000000000000aa' });
});
