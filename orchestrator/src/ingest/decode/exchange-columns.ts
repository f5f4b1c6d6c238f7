/**
 * What the events of an exchange say about it, as columns of `http_transactions`. Undefined: not said (yet). Texts
 * are UTF-8 bytes, ids 16 bytes, times microseconds since 1970.
 */
export interface ExchangeColumns {
  startedAt: number | undefined;
  method: Buffer | undefined;
  scheme: Buffer | undefined;
  host: Buffer | undefined;
  path: Buffer | undefined;
  url: Buffer | undefined;
  httpVersion: Buffer | undefined;
  peerAddress: Buffer | undefined;
  capturedPort: number | undefined;
  traceparent: Buffer | undefined;
  replayOf: Buffer | undefined;
  status: number | undefined;
  reason: Buffer | undefined;
  responseHttpVersion: Buffer | undefined;
  firstByteUs: number | undefined;
  durationUs: number | undefined;
  outcome: number | undefined;
  requestBodyBytes: number | undefined;
  responseBodyBytes: number | undefined;
  requestCapturedBytes: number | undefined;
  responseCapturedBytes: number | undefined;
  requestTruncated: boolean | undefined;
  responseTruncated: boolean | undefined;
  tlsVersion: Buffer | undefined;
  tlsCipherSuite: Buffer | undefined;
  tlsServerName: Buffer | undefined;
  tlsAlpn: Buffer | undefined;
  requestHeaders: Buffer | undefined;
  responseHeaders: Buffer | undefined;
  requestTrailers: Buffer | undefined;
  responseTrailers: Buffer | undefined;
}

/** Columns of which nothing is known. All properties are there from the start, which keeps reading them fast. */
export function noColumns(): ExchangeColumns {
  return {
    startedAt: undefined,
    method: undefined,
    scheme: undefined,
    host: undefined,
    path: undefined,
    url: undefined,
    httpVersion: undefined,
    peerAddress: undefined,
    capturedPort: undefined,
    traceparent: undefined,
    replayOf: undefined,
    status: undefined,
    reason: undefined,
    responseHttpVersion: undefined,
    firstByteUs: undefined,
    durationUs: undefined,
    outcome: undefined,
    requestBodyBytes: undefined,
    responseBodyBytes: undefined,
    requestCapturedBytes: undefined,
    responseCapturedBytes: undefined,
    requestTruncated: undefined,
    responseTruncated: undefined,
    tlsVersion: undefined,
    tlsCipherSuite: undefined,
    tlsServerName: undefined,
    tlsAlpn: undefined,
    requestHeaders: undefined,
    responseHeaders: undefined,
    requestTrailers: undefined,
    responseTrailers: undefined,
  };
}

/**
 * One set of columns from the parts of one exchange. Each column is said by one kind of part only, so the order of
 * the parts doesn't matter; where it is said twice, the first one stays, as in the upsert.
 */
export function mergeColumns(parts: readonly ExchangeColumns[]): ExchangeColumns {
  const merged: Record<string, unknown> = { ...noColumns() };
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) merged[name] ??= value;
  }
  return merged as unknown as ExchangeColumns;
}
