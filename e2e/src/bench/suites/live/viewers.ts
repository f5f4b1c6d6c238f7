import { join } from 'node:path';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Bench } from '../../context.ts';
import { until } from '../../until.ts';
import type { ViewersReport } from './viewers-report.ts';

export type Protocol = 'sse' | 'ws';

/** Subscribers in a process of their own. */
export interface Viewers {
  readonly pid: number;
  /** Exchanges received so far, those that warm up included. */
  received(): number;
  /** Ends them and returns what they have measured. */
  stop(): Promise<ViewersReport>;
}

/** Starts subscribers that read, and waits until each has subscribed. */
export async function startViewers(
  bench: Bench,
  options: { readonly protocol: Protocol; readonly port: number; readonly count: number },
): Promise<Viewers> {
  const { protocol, port, count } = options;
  const child = await startProgram(bench, 'live-viewers.ts', [protocol, port, count], 'subscribed');
  return {
    pid: child.pid,
    received: () => {
      const [, counted, warm] = /counted (\d+) warm (\d+)$/.exec(child.tail(1)) ?? [];
      return Number(counted ?? 0) + Number(warm ?? 0);
    },
    stop: async () => {
      await bench.children.stop(child);
      return JSON.parse(child.tail(1)) as ViewersReport;
    },
  };
}

/** Starts subscribers that stop reading, and waits until all have. */
export function startStuck(
  bench: Bench,
  options: {
    readonly port: number;
    /** How many of each protocol, and how long each has until the next one comes. */
    readonly each: number;
    readonly apartMs: number;
  },
): Promise<ManagedProcess> {
  return startProgram(
    bench,
    'stuck-viewers.ts',
    [options.port, options.each, options.each, options.apartMs],
    'stuck',
  );
}

async function startProgram(
  bench: Bench,
  file: string,
  args: readonly (string | number)[],
  sign: string,
): Promise<ManagedProcess> {
  const child = await bench.children.start({
    name: file.replace('.ts', ''),
    core: 'other',
    command: [
      process.execPath,
      join(import.meta.dirname, '..', '..', 'programs', file),
      ...args.map((arg) => String(arg)),
    ],
  });
  await until(`${file} says that it is ${sign}`, () => child.tail().split('\n').includes(sign), {
    timeoutMs: 120_000,
  }).catch((error: unknown) => {
    throw new Error(`${file}:\n${child.tail()}`, { cause: error });
  });
  return child;
}
