/** Readers of the texts in /proc, as proc(5) describes them. What does not look like it gives undefined. */
import type { Traffic } from './sample.ts';

/** /proc/stat counts in hundredths of a second, whatever the kernel itself ticks by. */
const TICKS_PER_SECOND = 100;
/** /proc/diskstats counts in sectors of this size, whatever the disk has. */
const SECTOR_BYTES = 512;

/** Processor time that was not idle, and how many processors are there, from /proc/stat. */
export function parseStat(
  text: string,
): { readonly usedSeconds: number; readonly processors: number } | undefined {
  const all = /^cpu +([\d ]+)$/m.exec(text)?.[1]?.trim().split(/ +/).map(Number);
  const processors = text.match(/^cpu\d+ /gm)?.length ?? 0;
  if (all === undefined || all.length < 4 || processors === 0) return undefined;
  // user, nice, system, idle, iowait, irq, softirq, steal; guests, which follow, are part of user and nice.
  const used = all.slice(0, 8).reduce((sum, ticks, column) => (isIdle(column) ? sum : sum + ticks), 0);
  return { usedSeconds: used / TICKS_PER_SECOND, processors };
}

function isIdle(column: number): boolean {
  return column === 3 || column === 4;
}

/** Bytes in total and available to programs, from /proc/meminfo. */
export function parseMeminfo(
  text: string,
): { readonly totalBytes: number; readonly availableBytes: number | undefined } | undefined {
  const bytes = (name: string): number | undefined => {
    const kib = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1];
    return kib === undefined ? undefined : Number(kib) * 1_024;
  };
  const totalBytes = bytes('MemTotal');
  return totalBytes === undefined ? undefined : { totalBytes, availableBytes: bytes('MemAvailable') };
}

/** Bytes received and sent by each interface but loopback, from /proc/net/dev. */
export function parseNetworkDevices(text: string): Traffic | undefined {
  if (!text.startsWith('Inter-|')) return undefined;
  const traffic = new Map<string, { in: number; out: number }>();
  for (const [, name = '', numbers = ''] of text.matchAll(/^ *([^\s:]+):([ \d]+)$/gm)) {
    const columns = numbers.trim().split(/ +/).map(Number);
    if (name !== 'lo' && columns.length >= 9)
      traffic.set(name, { in: columns[0] as number, out: columns[8] as number });
  }
  return traffic;
}

/** The interfaces that default routes lead to, from /proc/net/route (IPv4) and /proc/net/ipv6_route. */
export function parseDefaultRoutes(ipv4: string, ipv6: string): ReadonlySet<string> {
  const interfaces = new Set<string>();
  for (const line of ipv4.split('\n')) {
    const columns = line.trim().split(/\s+/);
    if (columns[1] === '00000000' && columns[7] === '00000000') interfaces.add(columns[0] as string);
  }
  for (const line of ipv6.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const name = columns[9];
    if (/^0{32}$/.test(columns[0] ?? '') && columns[1] === '00' && name !== undefined && name !== 'lo')
      interfaces.add(name);
  }
  return interfaces;
}

/** Bytes read from and written to each disk and partition, from /proc/diskstats. */
export function parseDiskStats(text: string): Traffic {
  const traffic = new Map<string, { in: number; out: number }>();
  for (const line of text.split('\n')) {
    const columns = line.trim().split(/ +/);
    const [read, written] = [Number(columns[5]), Number(columns[9])];
    if (columns[2] !== undefined && Number.isFinite(read) && Number.isFinite(written))
      traffic.set(columns[2], { in: read * SECTOR_BYTES, out: written * SECTOR_BYTES });
  }
  return traffic;
}
