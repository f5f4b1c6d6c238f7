/**
 * Latencies as an exponential histogram, as OpenTelemetry defines it, of scale 3: eight buckets an octave. What is
 * read from it differs from the value by 4.4 % at most.
 */

const BUCKETS_AN_OCTAVE = 8;
/** Microseconds up to 2^53 and beyond. */
export const BUCKETS = 1 + 53 * BUCKETS_AN_OCTAVE + 1;

/** How many values each bucket holds. */
export type Histogram = Float64Array;

/** An empty histogram. */
export function createHistogram(): Histogram {
  return new Float64Array(BUCKETS);
}

/** The bucket of a latency in microseconds: 0 for none at all, then those that end at 2^(i/8). */
export function bucketOf(microseconds: number): number {
  if (!(microseconds >= 1)) return 0;
  return Math.min(BUCKETS - 1, 1 + Math.ceil(Math.log2(microseconds) * BUCKETS_AN_OCTAVE - 1e-9));
}

/** What stands for all latencies of a bucket, in microseconds: as far from its lower bound as from its upper one. */
function valueOf(bucket: number): number {
  if (bucket === 0) return 0;
  const upper = 2 ** ((bucket - 1) / BUCKETS_AN_OCTAVE);
  const lower = 2 ** ((bucket - 2) / BUCKETS_AN_OCTAVE);
  return (2 * upper * lower) / (upper + lower);
}

/**
 * The smallest latency that a share of all is not above, in microseconds.
 *
 * @param share from above 0 to 1
 * @returns undefined when there are none
 */
export function quantile(histogram: Histogram, share: number): number | undefined {
  let total = 0;
  for (const count of histogram) total += count;
  if (total <= 0) return undefined;
  const rank = Math.max(1, Math.ceil(total * share - 1e-9));
  let below = 0;
  for (let bucket = 0; bucket < histogram.length; bucket++) {
    below += histogram[bucket] as number;
    if (below >= rank) return valueOf(bucket);
  }
  return undefined;
}

/**
 * Writes the buckets that hold something: for each its number and its count, which may be negative, as varints, the
 * count zigzag. What is written one after the other adds up, so that Postgres can join histograms as bytes.
 */
export function encodeHistogram(histogram: Histogram): Buffer {
  let at = 0;
  for (let bucket = 0; bucket < histogram.length; bucket++) {
    const count = histogram[bucket] as number;
    if (count === 0) continue;
    at = putVarint(bucket, at);
    at = putVarint(count > 0 ? count * 2 : -count * 2 - 1, at);
  }
  return Buffer.from(SCRATCH.subarray(0, at));
}

/** Adds what {@link encodeHistogram} wrote, once or several times. */
export function addEncoded(into: Histogram, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) {
    // Nearly all are of one byte or two; the general case reads the same.
    let bucket = bytes[at++] as number;
    if (bucket > 0x7f) bucket = (bucket & 0x7f) | ((bytes[at++] as number) << 7);
    let byte = bytes[at++] as number;
    let count = byte & 0x7f;
    for (let factor = 0x80; byte > 0x7f; factor *= 0x80) {
      byte = bytes[at++] as number;
      count += (byte & 0x7f) * factor;
    }
    if (bucket < BUCKETS) (into[bucket] as number) += count % 2 === 0 ? count / 2 : -(count + 1) / 2;
  }
}

const LONGEST_ENTRY = 2 + 8;
const SCRATCH = new Uint8Array(BUCKETS * LONGEST_ENTRY);

function putVarint(value: number, at: number): number {
  let rest = value;
  let to = at;
  while (rest > 0x7f) {
    SCRATCH[to++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  SCRATCH[to++] = rest;
  return to;
}
