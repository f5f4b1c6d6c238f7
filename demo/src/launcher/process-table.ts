import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** One living process. Zombies, which only wait to be reaped, are not listed. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
}

/** All living processes: from `/proc` where there is one, else from `ps`. */
export async function readProcessTable(): Promise<ProcessRow[]> {
  const names = await readdir('/proc').catch(() => undefined);
  if (names === undefined) return readTableFromPs();
  const rows = await Promise.all(
    names
      .filter((name) => /^\d+$/.test(name))
      .map((name) =>
        readFile(`/proc/${name}/stat`, 'latin1').then(
          (line) => parseStat(line),
          () => undefined, // ended meanwhile
        ),
      ),
  );
  return rows.filter((row) => row !== undefined);
}

/** The processes that descend from one, itself not among them. */
export function descendants(table: readonly ProcessRow[], pid: number): number[] {
  const found: number[] = [];
  const parents = [pid];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    for (const row of table) {
      if (row.parent !== parent || row.pid === pid || found.includes(row.pid)) continue;
      found.push(row.pid);
      parents.push(row.pid);
    }
  }
  return found;
}

// "PID (NAME) STATE PPID PGRP …", where NAME may hold spaces and parentheses.
function parseStat(line: string): ProcessRow | undefined {
  const [state, parent, group] = line.slice(line.lastIndexOf(')') + 2).split(' ');
  if (state === 'Z' || state === 'X') return undefined;
  return { pid: Number.parseInt(line, 10), parent: Number(parent), group: Number(group) };
}

async function readTableFromPs(): Promise<ProcessRow[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-o', 'pid=,ppid=,pgid=,state=']);
  return stdout.split('\n').flatMap((line) => {
    const [pid, parent, group, state] = line.trim().split(/\s+/);
    if (group === undefined || state?.startsWith('Z') === true) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group) }];
  });
}
