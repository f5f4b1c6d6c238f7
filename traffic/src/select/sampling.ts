import { readRequestTraceId, type TraceIdWords } from '../traceparent.ts';
import type { RequestSpans } from './spans.ts';
import { lowest53BitsOfXxh64 } from './xxh64.ts';

const BITS = 53n;

/** A request id's 16 bytes as four numbers of 32 bits, first byte highest. */
export interface RequestIdBits {
  readonly id0: number;
  readonly id1: number;
  readonly id2: number;
  readonly id3: number;
}

const trace: TraceIdWords = { word0: 0, word1: 0, word2: 0, word3: 0 };

/**
 * The number of 53 bits below which an exchange's hash must lie for it to be kept: the fraction of 2^53, rounded down.
 * A larger fraction keeps everything that a smaller one keeps.
 */
export function samplingThreshold(fraction: { numerator: number; denominator: number }): number {
  const numerator = BigInt(Math.max(0, Math.trunc(fraction.numerator)));
  const denominator = BigInt(Math.max(1, Math.trunc(fraction.denominator)));
  const whole = 1n << BITS;
  const threshold = (numerator * whole) / denominator;
  return Number(threshold > whole ? whole : threshold);
}

/**
 * Whether sampling keeps an exchange: by the trace id where the request has a valid `traceparent`, so that everybody
 * who samples a trace agrees, else by the request id.
 *
 * @param threshold from {@link samplingThreshold}
 */
export function isSampled(threshold: number, request: RequestSpans, id: RequestIdBits): boolean {
  if (threshold >= 2 ** 53) return true;
  const hash = readRequestTraceId(request, trace)
    ? lowest53BitsOfXxh64(trace.word0, trace.word1, trace.word2, trace.word3)
    : lowest53BitsOfXxh64(id.id0, id.id1, id.id2, id.id3);
  return hash < threshold;
}
