import { compileWorkload } from '@culvert/policy/compile';
import type { WorkloadDocument } from '@culvert/policy/document';
import { workloadOfKey } from '@culvert/policy/keys';
import type { ContainerPort } from '../inject/pod.ts';
import type { NamespaceFacts } from './facts.ts';
import { sortOut } from './policy-book.ts';
import type { PodView } from './pod-view.ts';

/** What a policy has against it in one workload. */
export interface PolicyProblem {
  /** `namespace/name` */
  readonly policy: string;
  readonly reason: string;
  readonly message: string;
}

/** The documents that the bucket should hold for a namespace. */
export interface DocumentPlan {
  readonly documents: ReadonlyMap<string, WorkloadDocument>;
  /** The pod, for each key, whose labels the document is made from. */
  readonly sources: ReadonlyMap<string, PodView>;
  readonly problems: readonly PolicyProblem[];
}

/** Compiles one document for each key that sidecars of a namespace look for. */
export function planDocuments(facts: NamespaceFacts): DocumentPlan {
  const judged = sortOut(facts.policies);
  const documents = new Map<string, WorkloadDocument>();
  const sources = new Map<string, PodView>();
  const problems: PolicyProblem[] = [];
  for (const [key, pods] of byKey(facts.pods)) {
    const source = pods.find(({ expectedKey }) => expectedKey === key) ?? newest(pods);
    if (source === undefined) continue;
    sources.set(key, source);
    const compiled = compile(facts.namespace, key, source, pods, judged);
    documents.set(key, compiled.document);
    problems.push(...compiled.problems);
  }
  return { documents, sources, problems };
}

/** The document that a key would have if it were made from the labels of one of its pods. */
export function documentFor(source: PodView, key: string, facts: NamespaceFacts): WorkloadDocument {
  const pods = facts.pods.filter(({ configKey }) => configKey === key);
  return compile(facts.namespace, key, source, pods, sortOut(facts.policies)).document;
}

function compile(
  namespace: string,
  key: string,
  source: PodView,
  pods: readonly PodView[],
  judged: ReturnType<typeof sortOut>,
): ReturnType<typeof compileWorkload> {
  return compileWorkload({
    namespace,
    // As the sidecar knows it: a pod that has lost its controller since looks for what it looked for.
    workload: workloadOfKey(key) ?? source.workload,
    labels: source.labels,
    containerPorts: declaredBy([source, ...pods]),
    ...judged,
  });
}

/** Pods of two releases may share a key and declare different ports: the document serves both. */
function declaredBy(pods: readonly PodView[]): readonly ContainerPort[] {
  const ports = new Map<string, ContainerPort>();
  const seen = new Set<string>();
  for (const { signature, ports: declared } of pods) {
    if (seen.has(signature)) continue;
    seen.add(signature);
    for (const port of declared)
      ports.set(`${port.name ?? ''} ${port.containerPort} ${port.protocol ?? ''}`, port);
  }
  return [...ports.values()];
}

function byKey(pods: readonly PodView[]): Map<string, PodView[]> {
  const groups = new Map<string, PodView[]>();
  for (const pod of pods) {
    if (pod.configKey === undefined) continue;
    const group = groups.get(pod.configKey);
    if (group === undefined) groups.set(pod.configKey, [pod]);
    else group.push(pod);
  }
  return groups;
}

function newest(pods: readonly PodView[]): PodView | undefined {
  const made = (view: PodView): string => view.pod.metadata.creationTimestamp ?? '';
  return pods.reduce<PodView | undefined>(
    (best, pod) => (best === undefined || made(pod) > made(best) ? pod : best),
    undefined,
  );
}
