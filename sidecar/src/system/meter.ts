import { statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { SystemMetricsEvent } from '@culvert/proto';
import { createGroupReader } from './control-group.ts';
import { createFiles, type FaultLog, type Files } from './files.ts';
import { readMachine, type Place, type Reading } from './machine.ts';
import { metricsOf } from './rates.ts';
import type { Sample } from './sample.ts';

/** What is measured: the own control group, or the machine by its mounted directories. */
export interface Measured {
  readonly of: 'group' | 'machine';
  readonly procDirectory: string;
  readonly sysDirectory: string;
  /** A path on the disk whose free space is told. */
  readonly diskPath: string;
}

/** Measures from one call to the next. */
export interface Meter {
  /** Undefined within a second after the last one: rates over so short a time mean nothing. */
  measure(): Promise<Omit<SystemMetricsEvent, 'at'> | undefined>;
}

const SHORTEST_MS = 1_000;
/** A disk that takes longer to tell its free space is broken, and heartbeats are not to wait for it. */
const DISK_MS = 500;

/** @param now Unix time in milliseconds that never goes back */
export function createMeter(measured: Measured, now: () => number, log: FaultLog): Meter {
  const files = createFiles(log);
  const read = createReader(files, { ...measured, processors: availableParallelism() }, measured.of);
  const available = createDiskSpace(measured.diskPath, log);
  let previous: Sample | undefined;
  return {
    async measure() {
      const at = now();
      if (previous !== undefined && at - previous.at < SHORTEST_MS) return undefined;
      const { user, system } = process.cpuUsage();
      const before = previous;
      const sample = {
        ...read(),
        at,
        processCpuSeconds: (user + system) / 1e6,
        memoryProcessBytes: process.memoryUsage.rss(),
        diskAvailableBytes: undefined,
      };
      previous = sample;
      return metricsOf(before, { ...sample, diskAvailableBytes: await available() });
    },
  };
}

function createReader(files: Files, place: Place, of: Measured['of']): () => Reading {
  return of === 'group' ? createGroupReader(files, place) : () => readMachine(files, place);
}

function createDiskSpace(path: string, log: FaultLog): () => Promise<number | undefined> {
  let asking: Promise<number | undefined> | undefined;
  let told = false;
  return async () => {
    // Still unanswered since last time.
    if (asking !== undefined) return undefined;
    asking = statfs(path)
      .then(({ bavail, bsize }) => bavail * bsize)
      .catch((error: unknown) => {
        if (!told) log.info({ err: error }, `can not tell the free space at ${path}`);
        told = true;
        return undefined;
      })
      .finally(() => (asking = undefined));
    return Promise.race([asking, delay(DISK_MS, undefined, { ref: false })]);
  };
}
