import type { Files } from './files.ts';
import { parsed, readMachineMemory, type Place, type Reading } from './machine.ts';
import {
  parseBlockServiceBytes,
  parseCpuMax,
  parseCpuQuota,
  parseIoStat,
  parseNamed,
  parseNumber,
  parseOwnGroups,
} from './parse-cgroup.ts';
import { parseNetworkDevices } from './parse-proc.ts';
import type { Traffic } from './sample.ts';

type GroupReading = Omit<Reading, 'network' | 'processors'> & { readonly limit: number | undefined };

/**
 * Reads the control group that this process belongs to, version 1 or 2, and its network namespace. In a pod that is
 * the container's group and the pod's network: a container is not shown the group above its own.
 */
export function createGroupReader(files: Files, place: Place): () => Reading {
  const { procDirectory: proc, sysDirectory: sys } = place;
  const top = `${sys}/fs/cgroup`;
  const groups = parseOwnGroups(files.text(`${proc}/self/cgroup`) ?? '');
  const hardware = createHardwareFilter(files, sys);
  const read =
    files.optional(`${top}/cgroup.controllers`) === undefined
      ? versionOne(files, place, top, groups)
      : versionTwo(files, place, top, groups);
  return () => {
    const { limit, disk, ...group } = read();
    return {
      ...group,
      processors: Math.min(limit ?? Infinity, place.processors),
      network: parsed(files.text(`${proc}/self/net/dev`), parseNetworkDevices),
      disk: disk && hardware(disk),
    };
  };
}

function versionTwo(
  files: Files,
  place: Place,
  top: string,
  groups: ReadonlyMap<string, string>,
): () => GroupReading {
  const group = ownDirectory(files, top, groups.get(''), 'cpu.stat');
  // The topmost group has no counts of memory: it is the machine.
  const isTop = files.optional(`${group}/cgroup.events`) === undefined;
  return () => {
    const machine = readMachineMemory(files, place);
    const used = isTop ? undefined : parsed(files.text(`${group}/memory.current`), parseNumber);
    const cache = parsed(files.optional(`${group}/memory.stat`), (text) => parseNamed(text, 'inactive_file'));
    const microseconds = parsed(files.text(`${group}/cpu.stat`), (text) => parseNamed(text, 'usage_usec'));
    return {
      limit: parsed(files.optional(`${group}/cpu.max`), parseCpuMax),
      systemCpuSeconds: microseconds === undefined ? undefined : microseconds / 1e6,
      memoryUsedBytes: isTop ? machine.memoryUsedBytes : inUse(used, cache),
      memoryTotalBytes: lower(
        parsed(files.optional(`${group}/memory.max`), parseNumber),
        machine.memoryTotalBytes,
      ),
      disk: parsed(files.text(`${group}/io.stat`), parseIoStat),
    };
  };
}

function versionOne(
  files: Files,
  place: Place,
  top: string,
  groups: ReadonlyMap<string, string>,
): () => GroupReading {
  const mounts = files.names(top);
  // Controllers may share a mount, such as `cpu,cpuacct`.
  const directory = (controller: string, file: string): string => {
    const mount = mounts.find((name) => name.split(',').includes(controller)) ?? controller;
    return ownDirectory(files, `${top}/${mount}`, groups.get(controller), file);
  };
  const accounting = directory('cpuacct', 'cpuacct.usage');
  const cpu = directory('cpu', 'cpu.cfs_quota_us');
  const memory = directory('memory', 'memory.usage_in_bytes');
  const block = directory('blkio', 'blkio.throttle.io_service_bytes');
  return () => {
    const nanoseconds = parsed(files.text(`${accounting}/cpuacct.usage`), parseNumber);
    const used = parsed(files.text(`${memory}/memory.usage_in_bytes`), parseNumber);
    const cache = parsed(files.optional(`${memory}/memory.stat`), (text) =>
      parseNamed(text, 'total_inactive_file'),
    );
    const bytes = `${block}/blkio.throttle.io_service_bytes`;
    return {
      limit: parseCpuQuota(
        files.optional(`${cpu}/cpu.cfs_quota_us`) ?? '',
        files.optional(`${cpu}/cpu.cfs_period_us`) ?? '',
      ),
      systemCpuSeconds: nanoseconds === undefined ? undefined : nanoseconds / 1e9,
      memoryUsedBytes: inUse(used, cache),
      memoryTotalBytes: lower(
        parsed(files.optional(`${memory}/memory.limit_in_bytes`), parseNumber),
        readMachineMemory(files, place).memoryTotalBytes,
      ),
      disk: parsed(files.optional(`${bytes}_recursive`) ?? files.text(bytes), parseBlockServiceBytes),
    };
  };
}

/**
 * The directory of a group. Where a container sees only its own group, that is mounted on top, whatever path the
 * kernel names.
 */
function ownDirectory(files: Files, top: string, path: string | undefined, file: string): string {
  const below = `${top}${path ?? ''}`.replace(/\/$/, '');
  return files.optional(`${below}/${file}`) === undefined ? top : below;
}

/** Pages of files that were not touched of late go when memory is needed; the kubelet does not count them either. */
function inUse(used: number | undefined, cache: number | undefined): number | undefined {
  return used === undefined ? undefined : Math.max(0, used - (cache ?? 0));
}

/** A limit, unless there is none: version 1 then tells a number above all memory. */
function lower(limit: number | undefined, machine: number | undefined): number | undefined {
  return limit !== undefined && machine !== undefined ? Math.min(limit, machine) : (limit ?? machine);
}

/** Leaves devices out that are made of others, where the same bytes are counted again. */
function createHardwareFilter(files: Files, sys: string): (disk: Traffic) => Traffic {
  const virtual = new Map<string, boolean>();
  return (disk) =>
    new Map(
      [...disk].filter(([device]) => {
        let known = virtual.get(device);
        if (known === undefined) {
          known = files.link(`${sys}/dev/block/${device}`)?.includes('/virtual/') ?? false;
          virtual.set(device, known);
        }
        return !known;
      }),
    );
}
