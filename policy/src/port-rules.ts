import type { CapturePolicy, CapturePolicySpec } from '@culvert/crds/capture-policy';
import {
  REDACTED_HEADERS,
  type ExchangeMatch,
  type PortRules,
  type Redaction,
} from '@culvert/traffic/select/rules';
import type { Identified } from './unreadable.ts';

const MEBIBYTE = 1_048_576;
const EVERYTHING = { numerator: 1, denominator: 1 };

/** What holds for a captured port that no policy covers. Equal to what an empty spec says. */
export const DEFAULT_RULES: PortRules = {
  protocol: 'HTTP',
  policy: null,
  capture: true,
  match: [],
  exclude: [],
  excludeProbes: true,
  sampling: EVERYTHING,
  requestBodyBytes: MEBIBYTE,
  responseBodyBytes: MEBIBYTE,
  redaction: { headers: [...REDACTED_HEADERS].sort(), cookies: [], queryParameters: [] },
};

/** What holds for a port that is not captured. @param policy says so, or null when none names the port */
export function notCaptured(policy: string | null): PortRules {
  return { ...DEFAULT_RULES, policy, capture: false };
}

/**
 * What a policy says about a port that it decides about.
 *
 * @param redacting all policies that cover the port: what one of them redacts is redacted
 */
export function rulesOf(
  policy: CapturePolicy,
  protocol: PortRules['protocol'],
  redacting: readonly CapturePolicy[],
): PortRules {
  const { spec } = policy;
  return {
    protocol,
    policy: policyName(policy),
    capture: true,
    match: (spec.match ?? []).map(exchangeMatch),
    exclude: (spec.exclude ?? []).map(exchangeMatch),
    excludeProbes: spec.probes === 'Exclude',
    sampling: samplingOf(spec.sampling),
    requestBodyBytes: spec.bodies.requestBytes,
    responseBodyBytes: spec.bodies.responseBytes,
    redaction: unite(redacting.map(({ spec: { redaction } }) => redaction)),
  };
}

/** `namespace/name`. */
export function policyName({ metadata }: Identified): string {
  return `${metadata.namespace}/${metadata.name}`;
}

function exchangeMatch(match: NonNullable<CapturePolicySpec['match']>[number]): ExchangeMatch {
  const { methods, hosts, paths, headers, statuses } = match;
  return {
    ...(methods && { methods }),
    ...(hosts && { hosts: hosts.map((host) => host.toLowerCase()) }),
    ...(paths && { paths }),
    ...(headers && { headers: headers.map((header) => ({ ...header, name: header.name.toLowerCase() })) }),
    ...(statuses && { statuses: statuses.map(({ min, max }) => ({ min, max: max ?? min })) }),
  };
}

function samplingOf(sampling: CapturePolicySpec['sampling']): PortRules['sampling'] {
  if (sampling?.fraction !== undefined) {
    const { numerator, denominator } = sampling.fraction;
    return { numerator, denominator };
  }
  return sampling?.percent === undefined ? EVERYTHING : { numerator: sampling.percent, denominator: 100 };
}

function unite(redactions: readonly CapturePolicySpec['redaction'][]): Redaction {
  const defaults = redactions.some(({ defaultHeaders }) => defaultHeaders === 'Redact');
  const headers = redactions.flatMap((redaction) => redaction.headers ?? []);
  const pathParameters = distinct(redactions.flatMap((redaction) => redaction.pathParameters ?? []));
  return {
    headers: distinct([...(defaults ? REDACTED_HEADERS : []), ...headers.map((name) => name.toLowerCase())]),
    cookies: distinct(redactions.flatMap(({ cookies = [] }) => cookies)),
    queryParameters: distinct(redactions.flatMap(({ queryParameters = [] }) => queryParameters)),
    // Left out where it is empty, so that revisions stay what they were before this was known.
    ...(pathParameters.length > 0 && { pathParameters }),
  };
}

function distinct(names: readonly string[]): readonly string[] {
  return [...new Set(names)].sort();
}
