import type { Files } from './files.ts';
import {
  parseDefaultRoutes,
  parseDiskStats,
  parseMeminfo,
  parseNetworkDevices,
  parseStat,
} from './parse-proc.ts';
import type { Sample, Traffic } from './sample.ts';

/** What a source of samples reads; the rest of a sample is of this process. */
export type Reading = Pick<
  Sample,
  'processors' | 'systemCpuSeconds' | 'memoryUsedBytes' | 'memoryTotalBytes' | 'network' | 'disk'
>;

/** Where the kernel's files are, and what holds where they don't tell. */
export interface Place {
  readonly procDirectory: string;
  readonly sysDirectory: string;
  /** How many processors this process may use. */
  readonly processors: number;
}

/** Reads the whole machine: also from within a container, where its /proc and /sys are mounted. */
export function readMachine(files: Files, place: Place): Reading {
  const { procDirectory: proc, sysDirectory: sys } = place;
  const stat = parsed(files.text(`${proc}/stat`), parseStat);
  const diskStats = parsed(files.text(`${proc}/diskstats`), parseDiskStats);
  return {
    ...readMachineMemory(files, place),
    processors: stat?.processors ?? place.processors,
    systemCpuSeconds: stat?.usedSeconds,
    network: readNetwork(files, place),
    disk: diskStats && only(diskStats, physical(files, `${sys}/block`, `${sys}/devices/virtual/block`)),
  };
}

/** Memory of the machine: what programs could still have is not in use. */
export function readMachineMemory(
  files: Files,
  { procDirectory }: Place,
): Pick<Reading, 'memoryUsedBytes' | 'memoryTotalBytes'> {
  const memory = parsed(files.text(`${procDirectory}/meminfo`), parseMeminfo);
  return {
    memoryTotalBytes: memory?.totalBytes,
    memoryUsedBytes:
      memory?.availableBytes === undefined ? undefined : memory.totalBytes - memory.availableBytes,
  };
}

/** Applies a parser to a text that could be read. */
export function parsed<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

/**
 * Traffic of the machine's own interfaces. Bridges, tunnels and the ends of pods' cables pass the same bytes again,
 * so only hardware counts; on a machine that has none, which may itself be a container, what default routes lead to.
 *
 * The first process stands for the machine: /proc/net would be the network namespace of whoever reads.
 */
function readNetwork(files: Files, { procDirectory, sysDirectory }: Place): Traffic | undefined {
  const network = `${procDirectory}/1/net`;
  const traffic = parsed(files.text(`${network}/dev`), parseNetworkDevices);
  if (traffic === undefined) return undefined;
  const hardware = physical(files, `${sysDirectory}/class/net`, `${sysDirectory}/devices/virtual/net`);
  const own = only(traffic, hardware);
  if (own.size > 0) return own;
  const routes = parseDefaultRoutes(
    files.optional(`${network}/route`) ?? '',
    files.optional(`${network}/ipv6_route`) ?? '',
  );
  return routes.size > 0 ? only(traffic, routes) : traffic;
}

/** The devices that are not made of software alone. */
function physical(files: Files, all: string, virtual: string): ReadonlySet<string> {
  return new Set(files.names(all)).difference(new Set(files.names(virtual)));
}

function only(traffic: Traffic, devices: ReadonlySet<string>): Traffic {
  return new Map([...traffic].filter(([device]) => devices.has(device)));
}
