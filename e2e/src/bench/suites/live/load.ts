import { setTimeout as delay } from 'node:timers/promises';
import type { Bench } from '../../context.ts';
import { runVegeta } from '../../load/vegeta.ts';
import { until } from '../../until.ts';
import { followedPath } from './viewers-report.ts';

/** Exchanges a second, and the subscribers that share them. */
export const RATE = 5_000;
export const VIEWERS = 20;
/** The paths of all subscribers. */
export const FOLDERS = Array.from({ length: VIEWERS }, (_, viewer) => followedPath(viewer));

/**
 * Loads with as many requests for each subscriber's path.
 *
 * @param end what the paths end in
 * @returns how many were answered
 */
export async function load(bench: Bench, port: number, seconds: number, end: string): Promise<number> {
  const paths = FOLDERS.map((folder) => `${folder}?${end}`);
  const { requests, success } = await runVegeta(bench, { port, rate: RATE, seconds, paths });
  return Math.round(requests * success);
}

/** Waits until a number that is renewed each second stays the same. */
export async function untilStill(read: () => number): Promise<void> {
  let last = -1;
  await until('everything has been received', async () => {
    const now = read();
    const still = now === last;
    last = now;
    if (!still) await delay(1_500);
    return still;
  });
}
