import { isTraceparent } from '@culvert/traffic/traceparent';

/** A place in a trace, as W3C Trace Context carries it between processes. */
export interface TraceParent {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  /** Whether whoever wrote it records the trace. */
  readonly sampled: boolean;
}

/** Longer ones are not from anybody who follows the specification. */
const LONGEST = 512;

/** Reads the header `traceparent`; undefined when there is none or it is malformed. */
export function readTraceParent(header: string | undefined): TraceParent | undefined {
  if (header === undefined || header.length > LONGEST || !isTraceparent(header)) return undefined;
  const [, traceId = '', spanId = '', flags = ''] = header.split('-');
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}
