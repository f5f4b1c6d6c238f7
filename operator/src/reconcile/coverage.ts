import { portsToRedirect } from '@culvert/policy/ports';
import { policyName } from '@culvert/policy/port-rules';
import { maySelect, type UnreadablePolicy } from '@culvert/policy/unreadable';
import { decideInjection } from '../inject/decide.ts';
import { factsOf } from '../inject/facts.ts';
import type { TrimmedService } from '../watch/trim.ts';
import { documentFor, type DocumentPlan } from './documents.ts';
import type { NamespaceFacts } from './facts.ts';
import { sortOut } from './policy-book.ts';
import type { PodView } from './pod-view.ts';

/** How well a pod is captured. */
export interface PodCoverage {
  readonly view: PodView;
  readonly injected: boolean;
  /** Why it is not captured, or not as policies say; undefined when all is well. */
  readonly gap: Gap | undefined;
  /** What a restart would be for; undefined when it would change nothing. */
  readonly restartFor: string | undefined;
}

/** One reason and what to do about it. */
export interface Gap {
  readonly reason: string;
  readonly message: string;
}

/** Looks at every pod of a namespace that has not ended and is not being deleted. */
export function coverPods(facts: NamespaceFacts, plan: DocumentPlan): readonly PodCoverage[] {
  const { policies, unreadable } = sortOut(facts.policies);
  const wantedBySignature = new Map<string, readonly number[]>();
  const wanted = (view: PodView): readonly number[] => {
    const known = wantedBySignature.get(view.signature);
    if (known !== undefined) return known;
    const ports = portsToRedirect({
      containerPorts: view.ports,
      policies,
      labels: view.labels,
      excludedByAnnotation: view.excluded,
    });
    wantedBySignature.set(view.signature, ports);
    return ports;
  };
  return facts.pods
    .filter(({ deleting }) => !deleting)
    .map((view) =>
      view.configKey === undefined
        ? coverBare(view, wanted(view), facts)
        : (coverClosed(view, view.configKey, unreadable, facts, plan) ??
          coverInjected(view, view.configKey, wanted(view), facts, plan)),
    );
}

function coverBare(view: PodView, wanted: readonly number[], facts: NamespaceFacts): PodCoverage {
  const decision = decideInjection(
    factsOf(view.pod, {
      namespace: facts.namespace,
      namespaceLabels: facts.labels,
      protectedNamespaces: facts.protectedNamespaces,
      portsToCapture: wanted,
      modeSetting: facts.mode,
    }),
  );
  if (!decision.inject) {
    const { reason, message } = decision;
    return { view, injected: false, gap: { reason, message }, restartFor: undefined };
  }
  const message =
    'the pod was made before it was opted in or while the webhook was away: restart its workload';
  return { view, injected: false, gap: { reason: 'NotInjected', message }, restartFor: 'sidecar' };
}

/** A pod that isn't captured because a policy can't be read: whatever else is the matter, a restart would not help. */
function coverClosed(
  view: PodView,
  key: string,
  unreadable: readonly UnreadablePolicy[],
  facts: NamespaceFacts,
  plan: DocumentPlan,
): PodCoverage | undefined {
  const closing = unreadable.find((policy) => maySelect(policy, view.labels));
  if (closing === undefined) return undefined;
  const message = `nothing of the pod is captured, since policy ${policyName(closing)} applies to it and can't be read: see its condition Accepted`;
  const gap = outdated(view, key, facts, plan) ?? { reason: 'PolicyUnreadable', message };
  return { view, injected: true, gap, restartFor: undefined };
}

function coverInjected(
  view: PodView,
  key: string,
  wanted: readonly number[],
  facts: NamespaceFacts,
  plan: DocumentPlan,
): PodCoverage {
  const result = (gap: Gap | undefined, restartFor?: string): PodCoverage => ({
    view,
    injected: true,
    gap,
    restartFor,
  });
  const missing = wanted.filter((port) => !view.captured.includes(port));
  // Without a redirect, only ports with a name can be captured: a restart would not change that.
  const captureable = view.namedPortsMode ? missing.filter((port) => hasName(view, port)) : missing;
  if (captureable.length > 0) {
    const message = `port ${captureable.join(', ')} was not captured when the pod was made: restart its workload`;
    return result({ reason: 'RestartRequired', message }, `ports ${wanted.join(',')}`);
  }
  if (!meansTheSame(view, key, facts, plan)) {
    const message =
      'a label that the pod was given after it was made changes which policies select it: give it to the template of its workload, or restart the pod';
    // No restart by the operator: new pods have the labels of the template, not this one's.
    return result({ reason: 'RestartRequired', message });
  }
  if (view.namedPortsMode) {
    const service = numericTarget(view, facts.services);
    if (service !== undefined) {
      const message = `Service ${service} targets the pod's port by number and passes the sidecar by: set its targetPort to the port's name`;
      return result({ reason: 'NumericTargetPort', message });
    }
    if (missing.length > 0) {
      const message = `port ${missing.join(', ')} has no name: without NET_ADMIN only named ports are captured`;
      return result({ reason: 'NumericTargetPort', message });
    }
  }
  return result(outdated(view, key, facts, plan));
}

/**
 * Whether the document of a pod's key is what its own labels ask for. Controllers of databases label pods at each failover:
 * only labels that policies look at matter.
 */
function meansTheSame(view: PodView, key: string, facts: NamespaceFacts, plan: DocumentPlan): boolean {
  if (plan.sources.get(key)?.expectedKey === view.expectedKey) return true;
  return documentFor(view, key, facts).revision === plan.documents.get(key)?.revision;
}

/** Whether a sidecar doesn't run yet what it should. */
function outdated(view: PodView, key: string, facts: NamespaceFacts, plan: DocumentPlan): Gap | undefined {
  const revision = plan.documents.get(key)?.revision;
  const running = facts.revisionOf(view.uid);
  if (running === revision) return undefined;
  const message =
    running === undefined
      ? 'the sidecar has not been heard yet'
      : `the sidecar runs revision ${running === '' ? 'none' : running}, not ${revision ?? 'none'}`;
  return { reason: 'Outdated', message };
}

function hasName(view: PodView, port: number): boolean {
  return view.ports.some(({ containerPort, name }) => containerPort === port && (name ?? '') !== '');
}

/** The name of a Service that sends the pod's traffic to a captured port by its number. */
function numericTarget(view: PodView, services: readonly TrimmedService[]): string | undefined {
  return services.find(
    ({ selector, ports }) =>
      selector !== undefined &&
      Object.entries(selector).every(([name, value]) => view.labels[name] === value) &&
      ports.some(({ targetPort }) => typeof targetPort === 'number' && view.captured.includes(targetPort)),
  )?.metadata.name;
}
