/** A place in a trace, as W3C Trace Context carries it between processes. */
export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Whether whoever wrote it records the trace. */
  readonly sampled: boolean;
}

/** Later versions may append fields, which are not looked at; version ff is none. */
const TRACE_PARENT =
  /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;
/** Longer ones are not from anybody who follows the specification. */
const LONGEST = 512;

/** Reads the header `traceparent`; undefined when there is none or it is malformed. */
export function readTraceParent(header: string | undefined): TraceParent | undefined {
  if (header === undefined || header.length > LONGEST) return undefined;
  const [, version, traceId, spanId, flags, more] = TRACE_PARENT.exec(header) ?? [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === '00' && more !== undefined) return undefined;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
