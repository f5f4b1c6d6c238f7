import type { Decision } from './decide.ts';
import type { OurResources } from './fit/fit.ts';
import { asGuaranteed, isGuaranteed } from './fit/guaranteed.ts';
import type { PodManifest } from './pod.ts';
import { resourcesFor, type Resources } from './resources.ts';
import type { InjectionSettings } from './settings.ts';

/**
 * What the injected containers should have: what the installation says, changed by annotations of the pod and such that
 * a pod of the class Guaranteed stays in it.
 */
export function wantedResources(
  pod: PodManifest,
  decision: Decision,
  settings: Pick<InjectionSettings, 'sidecarResources' | 'redirectResources'>,
): { readonly resources: OurResources; readonly warnings: readonly string[] } {
  const annotations = pod.metadata?.annotations ?? {};
  const guaranteed = isGuaranteed(pod);
  // A pod with a budget of its own must not be given containers that exceed it: they share it instead.
  const shared = pod.spec?.resources != null;
  const sidecar = resourcesFor(settings.sidecarResources, annotations);
  const redirect = resourcesFor(settings.redirectResources, annotations);
  const finish = (resources: Resources): Resources => {
    if (shared) return {};
    return guaranteed ? asGuaranteed(resources, annotations) : resources;
  };
  const redirects = decision.inject && decision.mode === 'Redirect';
  return {
    resources: {
      sidecar: finish(sidecar.resources),
      redirect: redirects ? finish(redirect.resources) : undefined,
    },
    // Those of the other container are the same.
    warnings: sidecar.warnings,
  };
}
