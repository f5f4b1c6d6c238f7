/** What a Lease says. */
export interface LeaseSpec {
  readonly holderIdentity?: string | null;
  readonly leaseDurationSeconds?: number | null;
  /** RFC 3339 with microseconds. */
  readonly acquireTime?: string | null;
  readonly renewTime?: string | null;
  readonly leaseTransitions?: number | null;
}

/** The last state of the Lease that differed from the one before, and when it was seen here. */
export interface Observation {
  readonly record: string;
  /** By this process's own clock, because clocks of machines differ. */
  readonly atMs: number;
}

/** What a candidate does about the Lease. */
export type LeaseDecision =
  { readonly act: 'acquire' | 'renew'; readonly spec: LeaseSpec } | { readonly act: 'wait' };

/**
 * Decides as other clients of Leases do: a lease is held until its record has not changed for its whole duration, as
 * seen from here; times that other processes wrote are never compared.
 *
 * @param lease undefined when there is none
 * @param nowMs by the clock of the observation
 * @param wallTime for the record, RFC 3339
 */
export function decideLease(
  lease: LeaseSpec | undefined,
  observed: Observation,
  identity: string,
  durationSeconds: number,
  nowMs: number,
  wallTime: string,
): LeaseDecision {
  const holder = lease?.holderIdentity ?? '';
  const ours = { holderIdentity: identity, leaseDurationSeconds: durationSeconds, renewTime: wallTime };
  const transitions = lease?.leaseTransitions ?? 0;
  if (holder === identity) {
    return {
      act: 'renew',
      spec: { ...ours, acquireTime: lease?.acquireTime ?? wallTime, leaseTransitions: transitions },
    };
  }
  const heldMs = (lease?.leaseDurationSeconds ?? durationSeconds) * 1_000;
  if (holder !== '' && nowMs < observed.atMs + heldMs) return { act: 'wait' };
  return {
    act: 'acquire',
    spec: { ...ours, acquireTime: wallTime, leaseTransitions: lease === undefined ? 0 : transitions + 1 },
  };
}

/** Notes a state of the Lease: the time of observation moves only when the record has. */
export function observe(
  before: Observation | undefined,
  lease: LeaseSpec | undefined,
  nowMs: number,
): Observation {
  const record = JSON.stringify(lease ?? null);
  return before?.record === record ? before : { record, atMs: nowMs };
}
