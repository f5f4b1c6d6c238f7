/** Readers of the files of control groups, versions 1 and 2. What does not look like it gives undefined. */
import type { Traffic } from './sample.ts';

/**
 * Where the kernel says that this process belongs, from /proc/self/cgroup: the path by controller, in version 1
 * under each controller's name, in version 2 under the empty one.
 */
export function parseOwnGroups(text: string): ReadonlyMap<string, string> {
  const groups = new Map<string, string>();
  for (const [, controllers = '', path = ''] of text.matchAll(/^\d+:([^:\n]*):(\/.*)$/gm))
    for (const controller of controllers.split(',')) groups.set(controller, path);
  return groups;
}

/** A file that holds one number, such as memory.current or cpuacct.usage; `max` is none. */
export function parseNumber(text: string): number | undefined {
  return /^\d+\n?$/.test(text) ? Number(text) : undefined;
}

/** A line `NAME NUMBER` among others, as in cpu.stat and memory.stat. */
export function parseNamed(text: string, name: string): number | undefined {
  const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
  return line === undefined ? undefined : parseNumber(line.slice(name.length + 1));
}

/** How many processors a group may use, from cpu.max of version 2; undefined for no limit. */
export function parseCpuMax(text: string): number | undefined {
  const match = /^(\d+) (\d+)\n?$/.exec(text);
  return match === null ? undefined : processors(Number(match[1]), Number(match[2]));
}

/** The same from cpu.cfs_quota_us, which is -1 for no limit, and cpu.cfs_period_us of version 1. */
export function parseCpuQuota(quota: string, period: string): number | undefined {
  return processors(Number(quota), Number(period));
}

function processors(quota: number, period: number): number | undefined {
  return quota > 0 && period > 0 ? quota / period : undefined;
}

/** Bytes read and written by a group, by device as `MAJOR:MINOR`, from io.stat of version 2. */
export function parseIoStat(text: string): Traffic {
  const traffic = new Map<string, { in: number; out: number }>();
  for (const line of text.split('\n')) {
    const match = /^(\d+:\d+) (?:.* )?rbytes=(\d+) wbytes=(\d+)/.exec(line);
    if (match !== null) traffic.set(match[1] as string, { in: Number(match[2]), out: Number(match[3]) });
  }
  return traffic;
}

/** The same from blkio.throttle.io_service_bytes of version 1. */
export function parseBlockServiceBytes(text: string): Traffic {
  const traffic = new Map<string, { in: number; out: number }>();
  for (const [, device = '', way, bytes] of text.matchAll(/^(\d+:\d+) (Read|Write) (\d+)$/gm)) {
    const counted = traffic.get(device) ?? { in: 0, out: 0 };
    traffic.set(device, { ...counted, [way === 'Read' ? 'in' : 'out']: Number(bytes) });
  }
  return traffic;
}
