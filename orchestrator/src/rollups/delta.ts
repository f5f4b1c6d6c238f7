import { addEncoded, createHistogram, encodeHistogram } from './histogram.ts';

/** What is added to a series and a minute. */
export interface Delta {
  count: number;
  errors: number;
  requestBytes: number;
  responseBytes: number;
  /** Buckets of latencies and how many each gets, one after the other: a transaction touches few of them. */
  readonly buckets: number[];
  readonly bucketCounts: number[];
}

/** A delta of nothing. */
export function createDelta(): Delta {
  return { count: 0, errors: 0, requestBytes: 0, responseBytes: 0, buckets: [], bucketCounts: [] };
}

/** Counts so many exchanges of a latency; less than none takes them back. */
export function addLatency(delta: Delta, bucket: number, count: number): void {
  const { buckets, bucketCounts } = delta;
  for (let i = 0; i < buckets.length; i++) {
    if (buckets[i] !== bucket) continue;
    (bucketCounts[i] as number) += count;
    return;
  }
  buckets.push(bucket);
  bucketCounts.push(count);
}

/** Adds one delta to another. */
export function addDelta(into: Delta, from: Delta): void {
  into.count += from.count;
  into.errors += from.errors;
  into.requestBytes += from.requestBytes;
  into.responseBytes += from.responseBytes;
  for (const [i, bucket] of from.buckets.entries()) addLatency(into, bucket, from.bucketCounts[i] as number);
}

/** The latencies of a delta as a column holds them. */
export function encodeLatencies({ buckets, bucketCounts }: Delta): Buffer {
  const histogram = SCRATCH.fill(0);
  for (const [i, bucket] of buckets.entries()) histogram[bucket] = bucketCounts[i] as number;
  return encodeHistogram(histogram);
}

/** Several columns of latencies as one, in the shortest form. */
export function joinLatencies(columns: readonly Uint8Array[]): Buffer {
  const histogram = SCRATCH.fill(0);
  for (const column of columns) addEncoded(histogram, column);
  return encodeHistogram(histogram);
}

const SCRATCH = createHistogram();
