import { parseQuantity } from '../quantity.ts';
import type { Amount } from './amount.ts';
import type { LimitRange, NamespaceLimits } from './namespace-limits.ts';

/** What a namespace asks of one resource. */
export interface Rules {
  readonly container: Bounds;
  readonly pod: Bounds;
  /** What a container that says nothing is given. */
  readonly filledIn: Amount;
  /** What every container must say, because a quota counts it. */
  readonly mustSay: { readonly request: boolean; readonly limit: boolean };
}

/** Bounds of an amount; undefined ones don't bind. */
export interface Bounds {
  readonly min: number | undefined;
  readonly max: number | undefined;
  /** How many times the request the limit may be. */
  readonly ratio: number | undefined;
}

/** The rules for one resource, of all LimitRanges together: each of them must be met. */
export function rulesFor(resource: string, { ranges, quotas }: NamespaceLimits): Rules {
  const items = (type: string): Items =>
    ranges.flatMap(({ spec }) => spec?.limits ?? []).filter((item) => item.type === type);
  const containers = items('Container');
  const counted = quotas.flatMap(({ spec }) => Object.keys(spec?.hard ?? {}));
  return {
    container: bounds(containers, resource),
    pod: bounds(items('Pod'), resource),
    filledIn: {
      request: amounts(containers, 'defaultRequest', resource)[0],
      limit: amounts(containers, 'default', resource)[0],
    },
    mustSay: {
      request: counted.includes(resource) || counted.includes(`requests.${resource}`),
      limit: counted.includes(`limits.${resource}`),
    },
  };
}

/** Resources, besides CPU and memory, that a namespace may ask containers to name. */
export function limitedResources({ ranges, quotas }: NamespaceLimits): readonly string[] {
  const ephemeral = 'ephemeral-storage';
  const named = ranges.some(({ spec }) =>
    (spec?.limits ?? []).some((item) =>
      [item.min, item.max, item.default, item.defaultRequest, item.maxLimitRequestRatio].some(
        (quantities) => quantities?.[ephemeral] !== undefined,
      ),
    ),
  );
  const counted = quotas.some(({ spec }) =>
    Object.keys(spec?.hard ?? {}).some((key) => key.endsWith(ephemeral)),
  );
  return named || counted ? ['cpu', 'memory', ephemeral] : ['cpu', 'memory'];
}

/** A container's amount after the API server has filled in what it does not say. */
export function filled(amount: Amount, rules: Rules): Amount {
  const limit = amount.limit ?? rules.filledIn.limit;
  return { limit, request: amount.request ?? amount.limit ?? rules.filledIn.request ?? limit };
}

/** Whether a container, filled in, may be made. */
export function containerComplies(amount: Amount, rules: Rules): boolean {
  const { request, limit } = amount;
  if (request !== undefined && limit !== undefined && exceeds(request, limit)) return false;
  if (rules.mustSay.request && request === undefined) return false;
  if (rules.mustSay.limit && limit === undefined) return false;
  return complies(amount, rules.container);
}

/** Whether an amount keeps bounds, as the admission plugin LimitRanger asks for it. */
export function complies({ request, limit }: Amount, { min, max, ratio }: Bounds): boolean {
  if (min !== undefined && (request === undefined || exceeds(min, request) || exceeds(min, limit ?? min)))
    return false;
  if (max !== undefined && (limit === undefined || exceeds(limit, max) || exceeds(request ?? 0, max)))
    return false;
  if (ratio === undefined) return true;
  return (request ?? 0) > 0 && (limit ?? 0) > 0 && !exceeds((limit ?? 0) / (request ?? 1), ratio);
}

/** Whether one amount is more than another, by more than what adding fractions may leave. */
export function exceeds(amount: number, other: number): boolean {
  return amount > other * (1 + 1e-9);
}

type Items = NonNullable<NonNullable<LimitRange['spec']>['limits']>;
type Field = 'min' | 'max' | 'default' | 'defaultRequest' | 'maxLimitRequestRatio';

function bounds(items: Items, resource: string): Bounds {
  const mins = amounts(items, 'min', resource);
  const maxs = amounts(items, 'max', resource);
  const ratios = amounts(items, 'maxLimitRequestRatio', resource);
  return {
    min: mins.length > 0 ? Math.max(...mins) : undefined,
    max: maxs.length > 0 ? Math.min(...maxs) : undefined,
    ratio: ratios.length > 0 ? Math.min(...ratios) : undefined,
  };
}

function amounts(items: Items, field: Field, resource: string): readonly number[] {
  return items.flatMap((item) => {
    const text = item[field]?.[resource];
    const amount = text === undefined ? undefined : parseQuantity(text);
    return amount === undefined ? [] : [amount];
  });
}
