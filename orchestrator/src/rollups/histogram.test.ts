import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addEncoded, BUCKETS, bucketOf, createHistogram, encodeHistogram, quantile } from './histogram.ts';

function histogramOf(values: readonly number[]): Float64Array {
  const histogram = createHistogram();
  for (const value of values) (histogram[bucketOf(value)] as number) += 1;
  return histogram;
}

test('a single latency is read back within 4.4 %, whatever its size', () => {
  for (let value = 1; value < 2 ** 53; value = Math.ceil(value * 1.01)) {
    const read = quantile(histogramOf([value]), 0.5) ?? Number.NaN;

    assert.ok(Math.abs(read - value) <= 0.044 * value, `${value} was read as ${read}`);
  }
});

test('no latency at all is a bucket of its own, and the largest ones share the last', () => {
  assert.equal(bucketOf(0), 0);
  assert.equal(bucketOf(1), 1);
  assert.equal(bucketOf(2 ** 60), BUCKETS - 1);
  assert.equal(quantile(histogramOf([0, 0, 0]), 0.99), 0);
});

test('an empty histogram has no quantiles', () => {
  assert.equal(quantile(createHistogram(), 0.5), undefined);
});

test('a quantile is the value of nearest rank', () => {
  const histogram = histogramOf([...Array.from({ length: 99 }, () => 100), 10_000]);

  assert.ok(Math.abs((quantile(histogram, 0.99) ?? 0) - 100) < 5);
  assert.ok(Math.abs((quantile(histogram, 1) ?? 0) - 10_000) < 440);
});

test('encoded histograms joined as bytes are their sum, counts taken back included', () => {
  const one = histogramOf([0, 1, 5, 900, 900, 70_000, 2 ** 52]);
  const two = createHistogram();
  two[bucketOf(900)] = -2;
  two[bucketOf(3_000_000)] = 3_000_000_000_000;

  const sum = createHistogram();
  addEncoded(sum, Buffer.concat([encodeHistogram(one), encodeHistogram(two)]));

  assert.deepEqual(
    sum,
    one.map((count, bucket) => count + (two[bucket] as number)),
  );
  assert.equal(sum[bucketOf(900)], 0);
  assert.deepEqual(encodeHistogram(sum).length < 40, true);
});
