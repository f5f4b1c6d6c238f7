import type { PeerName } from './config.ts';
import { percent } from './report/numbers.ts';
import { median } from './statistics.ts';

/** What every measured run says about itself. */
interface OfRound {
  readonly peer: PeerName;
  readonly round: number;
}

/** A list that starts somewhere else each round, so that no place in the order favours anybody. */
export function rotated<T>(list: readonly T[], round: number): readonly T[] {
  const start = round % list.length;
  return [...list.slice(start), ...list.slice(0, start)];
}

/** A peer's values divided by HAProxy's of the same round. */
export function sharedRatios<R extends OfRound>(
  runs: readonly R[],
  peer: PeerName,
  value: (run: R) => number,
): readonly number[] {
  return runs
    .filter((run) => run.peer === peer)
    .flatMap((run) => {
      const base = runs.find((other) => other.peer === 'haproxy' && other.round === run.round);
      return base === undefined ? [] : [value(run) / value(base)];
    });
}

/** A sentence that tells whether the process under test had its core to itself. */
export function disturbanceRemark(runs: readonly { readonly disturbance: number }[]): string {
  const shares = runs.map((run) => run.disturbance);
  return (
    `Other processes and the kernel took ${percent(median(shares), 1)} of the measured core in the median run ` +
    `and ${percent(Math.max(...shares), 1)} in the worst.`
  );
}
