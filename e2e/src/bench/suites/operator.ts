import { freePort } from '@culvert/demo/launcher/ports';
import type { Bench } from '../context.ts';
import { sampleMemory } from '../memory.ts';
import { fixed, megabytes } from '../report/numbers.ts';
import type { Goal, SuiteResult } from '../report/result.ts';
import { startNats } from '../rig.ts';
import { until } from '../until.ts';
import { admit, type Admission } from './operator/admission.ts';
import { countWatches, populate, settledPolicies, startCluster, type Cluster } from './operator/cluster.ts';
import { NAMESPACES, namespaceName, PODS_EACH, POLICIES_EACH } from './operator/objects.ts';
import { CONFIGURATION, startOperator, type Operator } from './operator/operator-process.ts';
import { webhookConfiguration } from './operator/webhook.ts';
import { watchMemory } from './memory/watch.ts';

const RATE = 50;
const MOST_ADMISSION_MS = 20;
const MOST_BYTES = 300e6;
const MOST_RESYNC_SECONDS = 30;
const UNTOUCHED = 'untouched';
const PATIENCE = { timeoutMs: 300_000, everyMs: 200 };

/** The operator with 1,000 policies and 5,000 pods: admission, memory, a start from nothing, watches. */
export async function operatorSuite(bench: Bench): Promise<SuiteResult> {
  const cluster = await startCluster(bench);
  const nats = await startNats(bench, 'operator');
  const webhookPort = await freePort();
  const options = { kubeconfigFile: cluster.api.kubeconfigFile, natsUrl: nats.url, webhookPort };

  await cluster.createNamespace(UNTOUCHED, false);
  await cluster.createNamespace('culvert-system', false);
  await cluster.create(
    '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations',
    webhookConfiguration(CONFIGURATION, webhookPort),
  );
  const watchesBefore = await countWatches(cluster);
  const first = await startOperator(bench, options);
  bench.progress('operator: the webhook gets its certificate');
  await untilInjecting(cluster, first);
  bench.progress(`operator: ${NAMESPACES * POLICIES_EACH} policies and ${NAMESPACES * PODS_EACH} pods`);
  const { course: filling } = await watchMemory(first.process.pid, populate(cluster));
  await untilSettled(cluster);
  const watches = (await countWatches(cluster)) - watchesBefore;

  bench.progress('operator: admission');
  const seconds = bench.config.admissionSeconds;
  const load = { rate: RATE, seconds };
  await admit(cluster.client, namespaceName(0), { rate: RATE, seconds: bench.config.warmUpSeconds });
  const [bare, injected] = [
    await admit(cluster.client, UNTOUCHED, load),
    await admit(cluster.client, namespaceName(0), load),
  ];
  await bench.children.stop(first.process);

  bench.progress('operator: a start from nothing');
  const begin = performance.now();
  const second = await startOperator(bench, options);
  const { course: resyncing } = await watchMemory(
    second.process.pid,
    until(
      'every namespace was reconciled',
      async () =>
        (await second.metric('culvert_operator_reconciliations_total', 'success')) >= NAMESPACES &&
        (await second.metric('culvert_operator_queue_depth')) === 0,
      PATIENCE,
    ),
  );
  const resyncSeconds = (performance.now() - begin) / 1000;
  const resident = Math.max(
    filling.largest.resident,
    resyncing.largest.resident,
    sampleMemory(second.process.pid).resident,
  );

  return {
    suite: 'operator',
    tables: [
      {
        title: `Server-side dry run of pods, ${RATE} a second for ${seconds} s, in milliseconds as the client sees them`,
        columns: ['namespace', 'p50', 'p99', 'largest', 'pods', 'with sidecar'],
        rows: [
          ['not opted in: the API server alone', ...cells(bare)],
          ['opted in: with the webhook', ...cells(injected)],
        ],
      },
      {
        title: 'Resident memory in MB, the largest of one sample a second',
        columns: ['phase', 'resident'],
        rows: [
          [
            'while 1,000 policies and 5,000 pods are created and their status reported',
            megabytes(filling.largest.resident),
          ],
          ['while everything is read and reconciled from nothing', megabytes(resyncing.largest.resident)],
        ],
      },
    ],
    goals: goalsOf({ injected, resident, resyncSeconds, watches }),
    remarks: [`With all of them there, the operator had ${fixed(watches)} watches open at the API server.`],
    data: { bare, injected, filling, resyncing, resyncSeconds, watches },
  };
}

function cells({ p50, p99, largest, count, injected }: Admission): string[] {
  return [fixed(p50, 1), fixed(p99, 1), fixed(largest, 1), fixed(count), fixed(injected)];
}

async function untilInjecting({ client, createNamespace }: Cluster, operator: Operator): Promise<void> {
  const probe = 'probe';
  await createNamespace(probe, true);
  let answer = '';
  const waiting = until(
    'a pod is injected',
    async () => {
      const path = `/api/v1/namespaces/${probe}/pods?dryRun=All`;
      const pod = {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: probe },
        spec: { containers: [{ name: 'app', image: 'x', ports: [{ containerPort: 8080 }] }] },
      };
      answer = (await client.send('POST', path, pod)).text;
      return answer.includes('culvert-sidecar');
    },
    { timeoutMs: 60_000, everyMs: 200 },
  );
  await waiting.catch((error: unknown) => {
    throw new Error(`a pod is not injected: ${answer.slice(0, 1_000)}\n${operator.process.tail()}`, {
      cause: error,
    });
  });
}

async function untilSettled(cluster: Cluster): Promise<void> {
  await until(
    'every policy says that its pods are injected',
    async () => (await settledPolicies(cluster)) === NAMESPACES * POLICIES_EACH,
    PATIENCE,
  );
}

function goalsOf(measured: {
  readonly injected: Admission;
  readonly resident: number;
  readonly resyncSeconds: number;
  readonly watches: number;
}): Goal[] {
  const { injected, resident, resyncSeconds, watches } = measured;
  return [
    {
      sentence: `Admission at ${RATE} pods a second, p99 of a whole dry run`,
      wanted: `≤ ${MOST_ADMISSION_MS} ms`,
      measured: `${fixed(injected.p99, 1)} ms`,
      met: injected.p99 <= MOST_ADMISSION_MS && injected.injected === injected.count,
    },
    {
      sentence: 'Memory of the operator with 1,000 policies and 5,000 pods',
      wanted: `≤ ${megabytes(MOST_BYTES)} MB`,
      measured: `${megabytes(resident)} MB`,
      met: resident <= MOST_BYTES,
    },
    {
      sentence: 'Start to the last namespace reconciled',
      wanted: `≤ ${MOST_RESYNC_SECONDS} s`,
      measured: `${fixed(resyncSeconds, 1)} s`,
      met: resyncSeconds <= MOST_RESYNC_SECONDS,
    },
    {
      sentence: 'Watches at the API server, whatever the number of pods',
      wanted: '≤ 10',
      measured: fixed(watches),
      met: watches <= 10,
    },
  ];
}
