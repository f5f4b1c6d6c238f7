import { readFileSync } from 'node:fs';

/** What one process holds in memory, in bytes. */
export interface MemorySample {
  /** Everything resident, pages shared with other processes included: the number that goals are held against. */
  readonly resident: number;
  /** Resident, each shared page divided by its users. */
  readonly proportional: number;
  /** Pages that nobody else has. */
  readonly private: number;
}

/** Reads a process's memory from `/proc/<pid>/smaps_rollup`. */
export function sampleMemory(pid: number): MemorySample {
  return parseRollup(readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1'));
}

/** Reads the text of a `smaps_rollup`, whose numbers are kB of 1,024 bytes. */
export function parseRollup(text: string): MemorySample {
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  return {
    resident: bytes('Rss'),
    proportional: bytes('Pss'),
    private: bytes('Private_Clean') + bytes('Private_Dirty'),
  };
}

/** The largest of each number over many samples. */
export function largest(samples: readonly MemorySample[]): MemorySample {
  const most = (pick: (sample: MemorySample) => number): number => Math.max(...samples.map(pick));
  return {
    resident: most((s) => s.resident),
    proportional: most((s) => s.proportional),
    private: most((s) => s.private),
  };
}
