import { compileWorkload, type WorkloadInput } from '@culvert/policy/compile';
import { workloadKey } from '@culvert/policy/keys';
import { INJECT_LABEL, NOT_INJECTED_ANNOTATION } from '@culvert/policy/names';
import { variantOf, workloadOf } from '@culvert/policy/workload';
import { examinePod } from './examine.ts';
import { fitResources } from './fit/fit.ts';
import type { NamespaceLimits } from './fit/namespace-limits.ts';
import { addEntries } from './json-patch.ts';
import { injectionPatch } from './patch.ts';
import type { OwnerReference, PodManifest } from './pod.ts';
import { recordOf, withoutRecord, type RecordedReason } from './recorded.ts';
import type { RefusalReason } from './refusals.ts';
import { answer, type AdmissionRequest, type AdmissionReview } from './review.ts';
import type { InjectionSettings } from './settings.ts';
import { wantedResources } from './wanted-resources.ts';

/** Where the webhook looks up what surrounds a pod. */
export interface AdmissionLookups {
  /** The labels of a namespace as far as they are known; undefined when it isn't. */
  namespaceLabels(namespace: string): Readonly<Record<string, string>> | undefined;
  /** Asks the API server for them. */
  readNamespaceLabels(namespace: string): Promise<Readonly<Record<string, string>>>;
  policies(namespace: string): Pick<WorkloadInput, 'policies' | 'unreadable'>;
  /** What limits resources there; nothing where that can't be found out in time. */
  limits(namespace: string): Promise<NamespaceLimits>;
  /** Sees to it that nodes can pull the sidecar there; a sentence when they can't. */
  pullProblem(namespace: string): Promise<string | undefined>;
}

/** Why a pod that should have the sidecar gets none, or is not made, for an Event. The pod has no name yet if its owner gives it one. */
export interface AdmissionNotice {
  readonly namespace: string;
  /** The pod's name, or how it will begin. */
  readonly pod: string;
  readonly owner: OwnerReference | undefined;
  /** `PodSecurity` when the API server will refuse what was asked for. */
  readonly reason: RefusalReason;
  readonly message: string;
}

/** What happens to a pod. */
export interface Admission {
  readonly review: AdmissionReview;
  readonly decision: 'injected' | 'not_injected';
  /** `Redirect` or `NamedPorts`, or the reason why not. */
  readonly reason: string;
  readonly notice?: AdmissionNotice;
}

/** Answers a request to make a pod: pure but for what it looks up. */
export async function admit(
  request: AdmissionRequest,
  lookups: AdmissionLookups,
  settings: InjectionSettings,
): Promise<Admission> {
  const { uid, namespace, object: pod } = request;
  if (request.resource !== 'pods' || request.operation !== 'CREATE')
    return { review: answer(uid, [], []), decision: 'not_injected', reason: 'NotAPod' };
  const namespaceLabels = await labelsAround(pod, namespace, lookups);
  const found = lookups.policies(namespace);
  const examination = examinePod(
    withoutRecord(pod),
    { namespace, namespaceLabels, policies: found.policies },
    settings,
  );
  const { decision, ports } = examination;
  if (!decision.inject) {
    const { reason, message, warn } = decision;
    return {
      review: answer(uid, [], decision.warnings),
      decision: 'not_injected',
      reason,
      ...(warn && !request.dryRun && { notice: { ...subject(pod, namespace), reason, message } }),
    };
  }
  const wanted = wantedResources(pod, decision, settings);
  const warnings = [...examination.warnings, ...wanted.warnings];
  const fit = fitResources(pod, wanted.resources, await lookups.limits(namespace));
  if (!fit.fits) return leftAlone(request, 'LimitRange', fit.message, [...decision.warnings, ...warnings]);
  const problem =
    request.dryRun || settings.pullSecrets.length === 0 ? undefined : await lookups.pullProblem(namespace);
  if (problem !== undefined)
    return leftAlone(request, 'PullSecret', problem, [...decision.warnings, ...warnings]);
  const labels = pod.metadata?.labels ?? {};
  const workload = workloadOf(pod.metadata ?? {});
  const { document } = compileWorkload({ namespace, workload, labels, containerPorts: ports, ...found });
  const patch = injectionPatch(pod, {
    decision,
    workload,
    configKey: workloadKey(namespace, workload, variantOf(labels)),
    document: JSON.stringify(document),
    resources: fit,
    settings,
  });
  return {
    review: answer(uid, patch.patch, [...decision.warnings, ...warnings, ...patch.warnings]),
    decision: 'injected',
    reason: decision.mode,
    ...(decision.denial !== undefined &&
      !request.dryRun && {
        notice: { ...subject(pod, namespace), reason: 'PodSecurity', message: decision.denial },
      }),
  };
}

/** The answer about a pod that would be injected and can't be; it is written down there, for the status of policies. */
function leftAlone(
  request: AdmissionRequest,
  reason: RecordedReason,
  message: string,
  warnings: readonly string[],
): Admission {
  const { uid, namespace, object: pod } = request;
  const record = addEntries(['metadata', 'annotations'], pod.metadata?.annotations, {
    [NOT_INJECTED_ANNOTATION]: recordOf({ reason, message }),
  });
  return {
    review: answer(uid, record, [...warnings, `not injected (${reason}): ${message}`]),
    decision: 'not_injected',
    reason,
    ...(!request.dryRun && { notice: { ...subject(pod, namespace), reason, message } }),
  };
}

/** The API server asks only where a label is: where none is known, it has been set a moment ago. */
async function labelsAround(
  pod: PodManifest,
  namespace: string,
  lookups: AdmissionLookups,
): Promise<Readonly<Record<string, string>>> {
  const known = lookups.namespaceLabels(namespace);
  const isPlausible =
    pod.metadata?.labels?.[INJECT_LABEL] !== undefined || known?.[INJECT_LABEL] !== undefined;
  return known !== undefined && isPlausible ? known : lookups.readNamespaceLabels(namespace);
}

function subject(pod: PodManifest, namespace: string): Pick<AdmissionNotice, 'namespace' | 'pod' | 'owner'> {
  const { name, generateName, ownerReferences } = pod.metadata ?? {};
  return {
    namespace,
    pod: name ?? generateName ?? '',
    owner: ownerReferences?.find(({ controller }) => controller === true),
  };
}
