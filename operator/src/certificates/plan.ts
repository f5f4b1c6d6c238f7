/** What a certificate says, as far as plans need it. Times are Unix milliseconds. */
export interface CertificateFacts {
  readonly fingerprint: string;
  readonly notBefore: number;
  readonly notAfter: number;
}

/** The certificates in the Secret that all replicas share. */
export interface SecretFacts {
  /** Trusted authorities, the newest first. */
  readonly authorities: readonly CertificateFacts[];
  /** Whether the key of the newest is there and fits. */
  readonly authorityKeyFits: boolean;
  /** Undefined when it, or its key, is missing or can't be used. */
  readonly serving:
    | (CertificateFacts & {
        readonly names: readonly string[];
        /** The authority that signed it; undefined when none of the above did. */
        readonly issuer: string | undefined;
      })
    | undefined;
}

/** How long certificates live, in milliseconds. They are replaced after two thirds of it. */
export interface Lifetimes {
  readonly authorityMs: number;
  readonly servingMs: number;
}

const DAY_MS = 86_400_000;
export const LIFETIMES: Lifetimes = { authorityMs: 365 * DAY_MS, servingMs: 90 * DAY_MS };

/** API servers learn of a changed webhook configuration within moments; this is ample. */
const PROPAGATION_MS = 10_000;

/** What is known when a plan is made. */
export interface CertificateState {
  readonly now: number;
  /** Undefined when there is none, or nothing in it can be read. */
  readonly secret: SecretFacts | undefined;
  /** The names by which the webhook is called. */
  readonly names: readonly string[];
  /** For how long every entry of the webhook configuration has trusted the newest authority; undefined if not. */
  readonly trustedForMs: number | undefined;
}

/** One change to the Secret. */
export type CertificatePlan =
  | { readonly action: 'none' }
  /** Make a new authority and a certificate of it. What API servers trust now stays trusted. */
  | { readonly action: 'begin'; readonly why: string }
  /** Make a new authority beside the old, which has signed what is served. */
  | { readonly action: 'add-authority'; readonly why: string }
  | { readonly action: 'issue'; readonly why: string }
  /** Keep only these authorities. */
  | { readonly action: 'prune'; readonly keep: readonly string[]; readonly why: string };

/**
 * Says which change the Secret needs next, if any. A new authority is announced before anything is signed with it,
 * so that the webhook stays reachable: first the authority, then, once API servers trust it, the certificate, and the
 * old authority goes when it has expired.
 */
export function planCertificates(state: CertificateState): CertificatePlan {
  const { now, secret, names } = state;
  const newest = secret?.authorities[0];
  if (secret === undefined || newest === undefined)
    return { action: 'begin', why: 'there are no certificates' };
  if (!secret.authorityKeyFits)
    return { action: 'begin', why: 'the key of the authority is missing or wrong' };
  if (!isValid(newest, now)) return { action: 'begin', why: 'the authority has expired' };
  const { serving } = secret;
  if (serving === undefined || serving.issuer === undefined)
    return { action: 'issue', why: 'the certificate is missing or broken' };
  if (!isValid(serving, now)) return { action: 'issue', why: 'the certificate has expired' };
  if (isWorn(newest, now)) return { action: 'add-authority', why: 'two thirds of its life are over' };
  const known = serving.names;
  const isTrusted = serving.issuer === newest.fingerprint || isReady(state.trustedForMs);
  if (isTrusted && !names.every((name) => known.includes(name)))
    return { action: 'issue', why: 'the webhook has other names now' };
  if (isTrusted && isWorn(serving, now)) return { action: 'issue', why: 'two thirds of its life are over' };
  if (isTrusted && serving.issuer !== newest.fingerprint)
    return { action: 'issue', why: 'there is a new authority, and API servers trust it' };
  const keep = secret.authorities.filter((authority) => isValid(authority, now));
  if (keep.length < secret.authorities.length) {
    return {
      action: 'prune',
      keep: keep.map(({ fingerprint }) => fingerprint),
      why: 'an old authority has expired',
    };
  }
  return { action: 'none' };
}

/** What a replica knows when it chooses its certificate. */
export interface ServingState {
  readonly now: number;
  /** In the Secret. */
  readonly offered: CertificateFacts | undefined;
  readonly served: CertificateFacts | undefined;
  /** For how long API servers have trusted the authority that signed the offered one. */
  readonly trustedForMs: number | undefined;
}

/**
 * Whether a replica should serve the certificate of the Secret: not before API servers trust it, unless what it serves
 * is of no more use.
 */
export function shouldServe({ now, offered, served, trustedForMs }: ServingState): boolean {
  if (offered === undefined || offered.fingerprint === served?.fingerprint || !isValid(offered, now))
    return false;
  return served === undefined || !isValid(served, now) || isReady(trustedForMs);
}

function isReady(trustedForMs: number | undefined): boolean {
  return trustedForMs !== undefined && trustedForMs >= PROPAGATION_MS;
}

function isValid({ notBefore, notAfter }: CertificateFacts, now: number): boolean {
  return notBefore <= now && now < notAfter;
}

function isWorn({ notBefore, notAfter }: CertificateFacts, now: number): boolean {
  return now >= notBefore + ((notAfter - notBefore) * 2) / 3;
}
