/** How an exchange ended, or that it has not. */
export const STATES = [
  'open',
  'complete',
  'incomplete',
  'client_aborted',
  'upstream_aborted',
  'upgraded',
] as const;

/** A whole number; beyond 2^53 it travels as digits. */
export type Count = number | string;

/** What a list says of an exchange: the fields of `HttpTransaction` that are cheap. */
export interface Exchange {
  readonly requestId: string;
  readonly state: string;
  readonly timestamp: string | null;
  readonly receivedAt: string;
  readonly method: string | null;
  readonly url: string | null;
  readonly scheme: string | null;
  readonly host: string | null;
  readonly path: string | null;
  readonly httpVersion: string | null;
  /** Of the status line, as is the reason phrase, whose characters stand for one byte each. */
  readonly responseHttpVersion: string | null;
  readonly reasonPhrase: string | null;
  readonly status: number | null;
  readonly durationMs: number | null;
  readonly firstByteMs: number | null;
  readonly requestBodyBytes: Count | null;
  readonly responseBodyBytes: Count | null;
  readonly requestTruncated: boolean;
  readonly responseTruncated: boolean;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  readonly pod: string | null;
  readonly node: string | null;
  readonly agentId: string | null;
  readonly peerAddress: string | null;
  readonly capturedPort: number | null;
  readonly traceId: string | null;
  readonly tls: {
    readonly version: string | null;
    readonly cipherSuite: string | null;
    readonly serverName: string | null;
    readonly alpn: string | null;
  } | null;
}

/** An exchange with its headers and trailers, as JSON text of pairs, and its bodies in base64. */
export interface WholeExchange extends Exchange {
  /** The target of the request line where `url` does not tell it, each character a byte. */
  readonly requestTarget: string | null;
  readonly requestHeaders: string | null;
  readonly responseHeaders: string | null;
  readonly requestTrailers: string | null;
  readonly responseTrailers: string | null;
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

const HEAD_FIELDS = `requestId state timestamp receivedAt method url scheme host path httpVersion
  responseHttpVersion reasonPhrase status durationMs firstByteMs requestBodyBytes responseBodyBytes requestTruncated responseTruncated requestBodyState responseBodyState
  cluster namespace workload pod node agentId peerAddress capturedPort traceId
  tls { version cipherSuite serverName alpn }`;

/** Selections of {@link Exchange} and {@link WholeExchange}. */
export const HEADS = `fragment Heads on HttpTransaction { ${HEAD_FIELDS} }`;
export const WHOLE = `fragment Whole on HttpTransaction { ${HEAD_FIELDS}
  requestTarget requestHeaders responseHeaders requestTrailers responseTrailers requestBody responseBody }`;

/** When it began, as a Unix time in milliseconds: by its own time, else by that of its id, a UUIDv7. */
export function startOf({ timestamp, requestId }: Exchange): number {
  const at = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return Number.isNaN(at) ? Number.parseInt(requestId.replaceAll('-', '').slice(0, 12), 16) : at;
}
