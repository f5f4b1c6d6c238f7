import type { PeerName } from './config.ts';

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
