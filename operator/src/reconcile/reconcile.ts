import { INJECT_LABEL } from '@culvert/policy/names';
import type { Bucket } from '../distribute/bucket.ts';
import type { Distributor } from '../distribute/documents.ts';
import type { Heartbeats } from '../distribute/heartbeats.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { RolloutReport } from '../rollout/decide.ts';
import { candidatesFor, rollOut } from '../rollout/rollout.ts';
import type { WorkloadState } from '../rollout/workload-state.ts';
import type { AgentSecrets } from './agent-secret.ts';
import { coverPods, type PodCoverage } from './coverage.ts';
import { planDocuments, type DocumentPlan } from './documents.ts';
import type { NamespaceFacts } from './facts.ts';
import { gather, type Sources } from './gather.ts';
import { sortOut } from './policy-book.ts';
import type { StatusWriter } from './status-writer.ts';
import { planStatus } from './status.ts';

/** Statuses that are written at once. */
const AT_ONCE = 8;

/** What reconciling works with. */
export interface Reconciler extends Sources {
  readonly client: KubernetesClient;
  readonly bucket: Bucket;
  readonly heartbeats: Heartbeats;
  readonly distributor: Distributor;
  readonly secrets: AgentSecrets;
  readonly statuses: StatusWriter;
  readonly onRestart: (namespace: string, state: WorkloadState, restartFor: string) => void;
}

/**
 * Brings a namespace to where its policies want it: documents in the bucket, the Secret of its sidecars, restarts, and
 * what is reported. Each of them is tried whatever became of the others.
 *
 * @returns in how many milliseconds to look again; undefined for when something changes
 * @throws AggregateError of what failed
 */
export async function reconcileNamespace(
  reconciler: Reconciler,
  namespace: string,
): Promise<number | undefined> {
  const facts = gather(reconciler, namespace);
  const plan = planDocuments(facts);
  const pods = coverPods(facts, plan);
  const faults: unknown[] = [];
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> =>
    work().catch((error: unknown) => {
      faults.push(error);
      return undefined;
    });

  await attempt(() => keepSecret(reconciler, facts));
  const unreachable = reconciler.bucket.problem();
  const graceMs =
    unreachable === undefined
      ? await attempt(() => reconciler.distributor.distribute(namespace, plan))
      : undefined;
  const notDistributed = unreachable ?? (faults.length > 0 ? failureIn(reconciler, plan) : undefined);
  const rollout = await attempt(() => restart(reconciler, facts, pods));
  await inBatches(facts.policies, (policy) =>
    attempt(() => {
      const { kept } = policy;
      const { namespace: ns, name } = kept.metadata;
      const status = planStatus({
        policy,
        before: reconciler.statuses.current(kept),
        pods,
        problems: plan.problems.filter((problem) => problem.policy === `${ns}/${name}`),
        notDistributed,
        heardAll: reconciler.heartbeats.complete,
        rollout: rollout?.report,
        now: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      });
      return reconciler.statuses.write(kept, status);
    }),
  );
  if (faults.length > 0) throw new AggregateError(faults, faults.map(String).join('; '));
  const times = [graceMs, rollout?.againMs].filter((time) => time !== undefined);
  return times.length === 0 ? undefined : Math.min(...times);
}

/** Works on a few items at once. */
async function inBatches<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}

/** Which of the documents are not in the bucket as they should be. */
function failureIn({ bucket }: Reconciler, { documents }: DocumentPlan): string | undefined {
  const missing = [...documents].filter(([key, { revision }]) => bucket.get(key)?.revision !== revision);
  return missing.length === 0
    ? undefined
    : `${missing.length} of ${documents.size} documents could not be written to the configuration bucket`;
}

async function keepSecret({ secrets }: Reconciler, facts: NamespaceFacts): Promise<void> {
  const { namespace, labels, ends, pods } = facts;
  if (ends) secrets.forget(namespace);
  else if (labels[INJECT_LABEL] === 'enabled' || pods.some(({ configKey }) => configKey !== undefined))
    await secrets.ensure(namespace);
  else await secrets.withdraw(namespace, Object.keys(facts.manifest).length > 0);
}

async function restart(
  { client, onRestart }: Reconciler,
  { namespace, policies }: NamespaceFacts,
  pods: readonly PodCoverage[],
): Promise<{ report: RolloutReport; againMs: number | undefined } | undefined> {
  const inForce = sortOut(policies).policies;
  if (!inForce.some(({ spec }) => spec.rolloutPolicy === 'RollingUpdate')) return undefined;
  return rollOut(client, namespace, candidatesFor(inForce, pods), (state, restartFor) => {
    onRestart(namespace, state, restartFor);
  });
}
