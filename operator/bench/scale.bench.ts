/**
 * What an operator needs for 1,000 policies and 5,000 pods in 100 namespaces: memory, the time from its start until every
 * status is written, and the time of a resync that finds nothing to do. A real API server and nats-server, the bundle of
 * `make build` with its flags: `node operator/bench/scale.bench.ts`.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '@culvert/demo/launcher/root';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import type { KubernetesClient } from '../src/kubernetes/client.ts';
import { startInstallation } from '../src/testing/installation.ts';

const NAMESPACES = 100;
const POLICIES = 1_000;
const PODS = 5_000;
const APPLICATIONS = POLICIES / NAMESPACES;
const AT_ONCE = 16;
const PATIENCE = { timeoutMs: 300_000, everyMs: 50 };
const RESYNC_MS = 20_000;

const environment = Array.from({ length: 30 }, (_, i) => ({ name: `VARIABLE_${i}`, value: 'x'.repeat(80) }));

const installation = await startInstallation();
try {
  await fill(installation.client);
  const folder = join(root, 'dist/operator');
  const flags = (await readFile(join(folder, 'node-options'), 'utf8')).trim().split(' ');
  const startedAt = performance.now();
  const operator = await installation.startOperator(
    { CULVERT_RESYNC_MS: String(RESYNC_MS), CULVERT_DEBOUNCE_MS: '0' },
    true,
    { program: join(folder, 'main.mjs'), nodeFlags: flags },
  );
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.slice(name.length + 1) ?? 0);
  };
  const memory = async (field: 'VmRSS' | 'VmHWM'): Promise<number> => {
    const status = await readFile(`/proc/${operator.pid}/status`, 'utf8');
    return Math.round(Number(new RegExp(`${field}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) / 1024);
  };
  const reconciled = (): Promise<number> =>
    metric('culvert_operator_reconciliations_total{result="success"}');
  const idle = async (): Promise<boolean> =>
    (await metric('culvert_operator_queue_depth')) + (await metric('culvert_operator_queue_active')) === 0;

  const all = async (): Promise<boolean> =>
    (await metric('culvert_operator_status_writes_total')) >= POLICIES;
  if (!(await becomesTrue(all, PATIENCE))) throw new Error('not every status was written');
  console.log(`first statuses of all policies: ${Math.round(performance.now() - startedAt)} ms`);
  console.log(`memory: ${await memory('VmRSS')} MiB, at most ${await memory('VmHWM')} MiB`);
  await becomesTrue(idle, PATIENCE);
  const before = await reconciled();
  const seconds = await metric('culvert_operator_reconciliation_duration_seconds_sum');
  const again = async (): Promise<boolean> => (await reconciled()) >= before + NAMESPACES && (await idle());
  if (!(await becomesTrue(again, PATIENCE))) throw new Error('there was no resync');
  const took = (await metric('culvert_operator_reconciliation_duration_seconds_sum')) - seconds;
  console.log(`resync: ${Math.round(took * 1_000)} ms of work`);
  console.log(`memory: ${await memory('VmRSS')} MiB, at most ${await memory('VmHWM')} MiB`);
} finally {
  await installation.stop();
}

/** Makes everything that the operator then finds. */
async function fill(client: KubernetesClient): Promise<void> {
  for (let n = 0; n < NAMESPACES; n++) {
    const metadata = { name: `namespace-${n}`, labels: { 'culvert.dev/inject': 'enabled' } };
    await client.create('/api/v1/namespaces', { metadata });
  }
  const work: (() => Promise<unknown>)[] = [];
  for (let i = 0; i < POLICIES; i++) work.push(() => createPolicy(client, i));
  for (let i = 0; i < PODS; i++) work.push(() => createPod(client, i));
  const workers = Array.from({ length: AT_ONCE }, async () => {
    for (let next = work.pop(); next !== undefined; next = work.pop()) await next();
  });
  await Promise.all(workers);
}

function createPolicy(client: KubernetesClient, index: number): Promise<unknown> {
  const path = `/apis/culvert.dev/v1alpha1/namespaces/namespace-${index % NAMESPACES}/capturepolicies`;
  return client.create(path, {
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: { name: `policy-${index}` },
    spec: {
      selector: { matchLabels: { app: `app-${Math.floor(index / NAMESPACES)}` } },
      ports: [{ port: 'http' }],
      exclude: [{ paths: [{ value: '/health' }] }],
    },
  });
}

function createPod(client: KubernetesClient, index: number): Promise<unknown> {
  const namespace = `namespace-${index % NAMESPACES}`;
  const app = `app-${Math.floor(index / NAMESPACES) % APPLICATIONS}`;
  return client.create(`/api/v1/namespaces/${namespace}/pods`, {
    metadata: {
      name: `${app}-76f5d9c8b7-${index}`,
      labels: { app, 'pod-template-hash': '76f5d9c8b7', 'culvert.dev/injected': 'true' },
      annotations: {
        'culvert.dev/config-key': `workload.${namespace}.Deployment.${app}.abcdef01`,
        'culvert.dev/captured-ports': '8080',
        'culvert.dev/config': 'y'.repeat(1_500),
      },
      ownerReferences: [
        { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${app}-76f5d9c8b7`, uid: app, controller: true },
      ],
    },
    spec: {
      initContainers: [{ name: 'culvert-sidecar', image: 'x', restartPolicy: 'Always', env: environment }],
      containers: [
        { name: 'application', image: 'x', env: environment, ports: [{ name: 'http', containerPort: 8080 }] },
      ],
    },
  });
}
