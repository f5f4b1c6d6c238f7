/** What limits the resources of a namespace's pods, as far as it is read. */
export interface NamespaceLimits {
  readonly ranges: readonly LimitRange[];
  readonly quotas: readonly ResourceQuota[];
}

/** A LimitRange (v1). The API server has filled in its defaults: `default` from `max`, `defaultRequest` from `default` or `min`. */
export interface LimitRange {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly limits?: readonly LimitRangeItem[] | null };
}

/** Quantities by resource. */
type Quantities = Readonly<Record<string, string>>;

interface LimitRangeItem {
  /** `Container`, `Pod` or `PersistentVolumeClaim`. */
  readonly type: string;
  readonly min?: Quantities;
  readonly max?: Quantities;
  readonly default?: Quantities;
  readonly defaultRequest?: Quantities;
  readonly maxLimitRequestRatio?: Quantities;
}

/** A ResourceQuota (v1). */
export interface ResourceQuota {
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly hard?: Quantities };
}

/** Those of a namespace that limits nothing. */
export const NO_LIMITS: NamespaceLimits = { ranges: [], quotas: [] };
