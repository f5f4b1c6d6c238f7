import assert from 'node:assert/strict';
import { test } from 'node:test';
import { metricsOf } from './rates.ts';
import type { Sample } from './sample.ts';

/** A sample of a system with four processors. */
function sample(more: Partial<Sample> = {}): Sample {
  return {
    at: 1_000,
    processors: 4,
    systemCpuSeconds: 100,
    processCpuSeconds: 10,
    memoryUsedBytes: 300,
    memoryTotalBytes: 1_000,
    memoryProcessBytes: 50,
    network: new Map([['eth0', { in: 1_000, out: 2_000 }]]),
    disk: new Map([['254:0', { in: 10_000, out: 20_000 }]]),
    diskAvailableBytes: 5_000,
    ...more,
  };
}

test('S1-15 S1-16 S1-17 S1-18: two samples tell shares of all processors and bytes per second', () => {
  const metrics = metricsOf(
    sample(),
    sample({
      at: 6_000,
      systemCpuSeconds: 105,
      processCpuSeconds: 11,
      network: new Map([['eth0', { in: 6_000, out: 2_000 }]]),
      disk: new Map([['254:0', { in: 10_000, out: 30_000 }]]),
    }),
  );

  assert.deepEqual(metrics, {
    cpuSystemPercent: 25,
    cpuProcessPercent: 5,
    memoryUsedBytes: 300,
    memoryTotalBytes: 1_000,
    memoryProcessBytes: 50,
    networkRxBytesPerSecond: 1_000,
    networkTxBytesPerSecond: 0,
    diskReadBytesPerSecond: 0,
    diskWriteBytesPerSecond: 2_000,
    diskAvailableBytes: 5_000,
  });
});

test('the first sample tells amounts and no rates', () => {
  const metrics = metricsOf(undefined, sample());

  assert.equal(metrics.memoryUsedBytes, 300);
  for (const rate of [
    metrics.cpuSystemPercent,
    metrics.networkRxBytesPerSecond,
    metrics.diskWriteBytesPerSecond,
  ])
    assert.equal(rate, undefined);
});

test('a counter that went back gives no rate, and the others go on', () => {
  const metrics = metricsOf(
    sample(),
    sample({
      at: 2_000,
      systemCpuSeconds: 1,
      network: new Map([['eth0', { in: 0, out: 3_000 }]]),
      disk: new Map([['254:0', { in: 11_000, out: 20_000 }]]),
    }),
  );

  assert.equal(metrics.cpuSystemPercent, undefined);
  assert.equal(metrics.networkRxBytesPerSecond, undefined);
  assert.equal(metrics.networkTxBytesPerSecond, undefined);
  assert.equal(metrics.cpuProcessPercent, 0);
  assert.equal(metrics.diskReadBytesPerSecond, 1_000);
});

test('a device that came since counts from then on, and one that went does not disturb', () => {
  const later = sample({
    at: 2_000,
    network: new Map([
      ['eth0', { in: 1_500, out: 2_000 }],
      ['eth1', { in: 1e12, out: 1e12 }],
    ]),
    disk: new Map(),
  });
  const metrics = metricsOf(sample(), later);

  assert.equal(metrics.networkRxBytesPerSecond, 500);
  assert.equal(metrics.diskReadBytesPerSecond, 0);
});

test('no share is above the whole, and no time makes no rate', () => {
  const busy = sample({ at: 2_000, systemCpuSeconds: 104.2 });

  assert.equal(metricsOf(sample(), busy).cpuSystemPercent, 100);
  assert.equal(metricsOf(sample(), sample({ systemCpuSeconds: 101 })).cpuSystemPercent, undefined);
});

test('what could not be read is not told', () => {
  const blind = {
    systemCpuSeconds: undefined,
    network: undefined,
    disk: undefined,
    memoryUsedBytes: undefined,
  };

  const metrics = metricsOf(sample(), sample({ at: 2_000, ...blind }));
  const before = metricsOf(sample(blind), sample({ at: 2_000 }));

  for (const { cpuSystemPercent, networkTxBytesPerSecond, diskReadBytesPerSecond } of [metrics, before])
    assert.deepEqual(
      [cpuSystemPercent, networkTxBytesPerSecond, diskReadBytesPerSecond],
      [undefined, undefined, undefined],
    );
  assert.equal(metrics.memoryUsedBytes, undefined);
});
