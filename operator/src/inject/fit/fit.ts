import { REDIRECT_CONTAINER, SIDECAR_CONTAINER } from '@culvert/policy/names';
import type { PodManifest } from '../pod.ts';
import type { Resources } from '../resources.ts';
import { amountOf, partsOf, type Amount, type Part } from './amount.ts';
import { chooseAmount, type Need, type Place } from './choose.ts';
import type { NamespaceLimits } from './namespace-limits.ts';
import { REDIRECT_NEEDS, SIDECAR_NEEDS } from './needs.ts';
import { quantityText } from './quantity-text.ts';
import { filled, limitedResources, rulesFor } from './rules.ts';

/** Resources of the containers that a pod is to get. */
export interface OurResources {
  readonly sidecar: Resources;
  /** Undefined where ports are not redirected. */
  readonly redirect: Resources | undefined;
}

/** Resources that the API server takes, or why there are none. */
export type Fit =
  ({ readonly fits: true } & OurResources) | { readonly fits: false; readonly message: string };

/**
 * Fits the resources of the injected containers into what the namespace allows, so that the pod is made as it would be
 * without them.
 *
 * @param pod as it was asked for, which the API server has filled in
 */
export function fitResources(pod: PodManifest, wanted: OurResources, limits: NamespaceLimits): Fit {
  let { sidecar, redirect } = wanted;
  for (const resource of limitedResources(limits)) {
    const rules = rulesFor(resource, limits);
    const own = partsOf(pod, resource).map((part) => ({ ...part, ...filled(part, rules) }));
    const budget = budgetOf(pod, resource);
    const place = (role: Part['role'], after: readonly Part[]): Place => ({
      rules,
      before: [],
      after,
      role,
      budget,
    });
    const asked = amountOf(sidecar, resource);
    const chosen = chooseAmount(
      written(sidecar, resource),
      need(SIDECAR_NEEDS, resource),
      place('sidecar', own),
    );
    if (chosen === undefined) return misfit(SIDECAR_CONTAINER, resource, SIDECAR_NEEDS, limits);
    sidecar = withAmount(sidecar, resource, chosen, asked);
    if (redirect === undefined) continue;
    const after: readonly Part[] = [{ ...filled(chosen, rules), role: 'sidecar' }, ...own];
    const first = chooseAmount(
      written(redirect, resource),
      need(REDIRECT_NEEDS, resource),
      place('init', after),
    );
    if (first === undefined) return misfit(REDIRECT_CONTAINER, resource, REDIRECT_NEEDS, limits);
    redirect = withAmount(redirect, resource, first, amountOf(redirect, resource));
  }
  return { fits: true, sidecar, redirect };
}

/** What is written, without the request that a limit implies. */
function written(resources: Resources, resource: string): Amount {
  const { request, limit } = amountOf(resources, resource);
  return { request: resources.requests?.[resource] === undefined ? undefined : request, limit };
}

function budgetOf(pod: PodManifest, resource: string): Amount | undefined {
  const budget = amountOf(pod.spec?.resources, resource);
  return budget.request === undefined && budget.limit === undefined ? undefined : budget;
}

/** Changes what differs and leaves everything else as it is written. */
function withAmount(resources: Resources, resource: string, chosen: Amount, asked: Amount): Resources {
  const change = (
    part: 'requests' | 'limits',
    amount: number | undefined,
    before: number | undefined,
  ): object => {
    if (amount === undefined || (amount === before && resources[part]?.[resource] !== undefined)) return {};
    return { [part]: { ...resources[part], [resource]: quantityText(resource, amount) } };
  };
  return {
    ...resources,
    ...change('requests', chosen.request, asked.request),
    ...change('limits', chosen.limit, asked.limit),
  };
}

function need(needs: Readonly<Record<string, Need>>, resource: string): Need {
  return needs[resource] ?? { least: 0, enough: 0, step: 1 };
}

function misfit(
  container: string,
  resource: string,
  needs: Readonly<Record<string, Need>>,
  limits: NamespaceLimits,
): Fit {
  const { least, enough } = need(needs, resource);
  const names = limits.ranges.map(({ metadata }) => metadata.name).join(', ');
  const from = names === '' ? "the pod's own resources leave" : `LimitRange ${names} leaves`;
  return {
    fits: false,
    message: `${from} no room for ${resource} of ${container}, which takes ${quantityText(resource, least)} at least: allow it a limit of ${quantityText(resource, enough)} or more, then make the pod anew`,
  };
}
