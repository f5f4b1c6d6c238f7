/**
 * What selection is told about one captured port: which exchanges are kept, how many of them, how much of their
 * bodies, and what is made unreadable in them before they leave the pod. Plain data, so that it travels as JSON.
 */

/** Rules of one captured port. */
export interface PortRules {
  /** `HTTP` is parsed; `TCP` is forwarded without a look. */
  readonly protocol: 'HTTP' | 'TCP';
  /** `namespace/name` of the policy that decides about this port; null when the defaults do. */
  readonly policy: string | null;
  /** False: forward, capture nothing. */
  readonly capture: boolean;
  /** An exchange is kept when at least one of these matches; an empty list keeps all. */
  readonly match: readonly ExchangeMatch[];
  /** An exchange is left out when one of these matches. */
  readonly exclude: readonly ExchangeMatch[];
  /** Whether requests of the kubelet's probes are left out. */
  readonly excludeProbes: boolean;
  /** Share of exchanges that are kept, as a fraction. */
  readonly sampling: { readonly numerator: number; readonly denominator: number };
  /** How much of each body is captured, in bytes; 0 means metadata only. */
  readonly requestBodyBytes: number;
  readonly responseBodyBytes: number;
  readonly redaction: Redaction;
}

/** A match holds when everything that it names holds. */
export interface ExchangeMatch {
  /** Any of these methods, in upper case. */
  readonly methods?: readonly string[];
  /** Any of these hosts, without port, in lower case; `*.example.com` stands for every name below example.com. */
  readonly hosts?: readonly string[];
  /** Any of these paths, without the query; `Prefix` stands for the path and all below it, by whole segments. */
  readonly paths?: readonly { readonly type: 'Exact' | 'Prefix'; readonly value: string }[];
  /** All of these request header fields; names in lower case. */
  readonly headers?: readonly HeaderMatch[];
  /** Any of these ranges of response status codes, both ends included. */
  readonly statuses?: readonly { readonly min: number; readonly max: number }[];
}

export interface HeaderMatch {
  readonly name: string;
  readonly type: 'Exact' | 'Present' | 'Absent';
  /** For `Exact` only. */
  readonly value?: string;
}

/** Names whose values are replaced by keyed placeholders; header fields in lower case. */
export interface Redaction {
  readonly headers: readonly string[];
  readonly cookies: readonly string[];
  readonly queryParameters: readonly string[];
  /** Parameters of path segments, behind a semicolon. */
  readonly pathParameters?: readonly string[];
}

/** Header fields that are redacted unless a policy says otherwise. */
export const REDACTED_HEADERS = [
  'authorization',
  'cookie',
  'set-cookie',
  'proxy-authorization',
  'x-api-key',
] as const;
