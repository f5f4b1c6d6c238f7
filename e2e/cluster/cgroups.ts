import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { signal } from './daemon.ts';
import type { Cluster } from './layout.ts';

const ROOT = '/sys/fs/cgroup';

/** Makes the group that all pods are below: in each hierarchy of version 1, or in the only one of version 2. */
export function createGroups(cluster: Cluster): void {
  for (const group of groups(cluster)) mkdirSync(group, { recursive: true });
}

/** Ends every process of the cluster's pods and removes the groups. */
export async function removeGroups(cluster: Cluster): Promise<void> {
  const roots = groups(cluster).filter((group) => existsSync(group));
  await becomesTrue(
    () => {
      const pids = new Set(roots.flatMap(below).flatMap(processes));
      for (const pid of pids) signal(pid, 'SIGKILL');
      return pids.size === 0;
    },
    { timeoutMs: 10_000, everyMs: 100 },
  );
  for (const group of roots.flatMap(below)) {
    try {
      rmdirSync(group);
    } catch {
      // its last process is still being buried: an empty group left behind does no harm
    }
  }
}

function groups(cluster: Cluster): string[] {
  if (existsSync(join(ROOT, 'cgroup.controllers'))) return [join(ROOT, cluster.name)];
  return readdirSync(ROOT, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(ROOT, entry.name, cluster.name));
}

/** A group and all below it, the deepest first. */
function below(group: string): string[] {
  const inner = globSync('**/cgroup.procs', { cwd: group }).map((file) => join(group, file, '..'));
  return inner.sort((a, b) => b.length - a.length);
}

function processes(group: string): number[] {
  try {
    return readFileSync(join(group, 'cgroup.procs'), 'utf8').split('\n').filter(Boolean).map(Number);
  } catch {
    return []; // removed meanwhile
  }
}
