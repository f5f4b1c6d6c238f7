import type { SystemMetricsEvent } from '@culvert/proto';
import type { Sample, Traffic } from './sample.ts';

/**
 * What two samples say: amounts as they are now, and rates over the time between them. Undefined is what can't be
 * known: rates of the first sample, and those of a counter that went back, because it wrapped or began anew.
 *
 * @param previous undefined for the first sample
 */
export function metricsOf(previous: Sample | undefined, current: Sample): Omit<SystemMetricsEvent, 'at'> {
  const seconds = previous === undefined ? 0 : (current.at - previous.at) / 1_000;
  const network = trafficRate(previous?.network, current.network, seconds);
  const disk = trafficRate(previous?.disk, current.disk, seconds);
  const percent = (before: number | undefined, now: number | undefined): number | undefined => {
    const used = rate(before, now, seconds);
    // Both clocks tick apart: a share may come out a little above the whole.
    return used === undefined ? undefined : Math.min(100, (100 * used) / current.processors);
  };
  return {
    cpuSystemPercent: percent(previous?.systemCpuSeconds, current.systemCpuSeconds),
    cpuProcessPercent: percent(previous?.processCpuSeconds, current.processCpuSeconds),
    memoryUsedBytes: current.memoryUsedBytes,
    memoryTotalBytes: current.memoryTotalBytes,
    memoryProcessBytes: current.memoryProcessBytes,
    networkRxBytesPerSecond: network?.in,
    networkTxBytesPerSecond: network?.out,
    diskReadBytesPerSecond: disk?.in,
    diskWriteBytesPerSecond: disk?.out,
    diskAvailableBytes: current.diskAvailableBytes,
  };
}

function rate(before: number | undefined, now: number | undefined, seconds: number): number | undefined {
  if (before === undefined || now === undefined || now < before || !(seconds > 0)) return undefined;
  return (now - before) / seconds;
}

/** A device that has come since is counted from the next sample on: what it counted before is of another time. */
function trafficRate(
  before: Traffic | undefined,
  now: Traffic | undefined,
  seconds: number,
): { readonly in: number; readonly out: number } | undefined {
  if (before === undefined || now === undefined || !(seconds > 0)) return undefined;
  const sum = { in: 0, out: 0 };
  for (const [device, counted] of now) {
    const earlier = before.get(device);
    if (earlier === undefined) continue;
    const received = rate(earlier.in, counted.in, seconds);
    const sent = rate(earlier.out, counted.out, seconds);
    if (received === undefined || sent === undefined) return undefined;
    sum.in += received;
    sum.out += sent;
  }
  return sum;
}
