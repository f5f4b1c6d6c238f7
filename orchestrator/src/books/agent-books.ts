import { seen, settled, total, withheld, type BootBooks, type Interval } from './boot.ts';
import { settleEnded, settleRunning, type SettledBoot } from './settle.ts';
import { bootInStream, type StreamView } from './stream-view.ts';

/** An agent's books over all its boots, in exchanges. */
export interface AgentBooks {
  readonly connections: number;
  readonly opaqueConnections: number;
  readonly captured: number;
  readonly excluded: number;
  readonly excludedByReason: Readonly<Record<string, number>>;
  readonly sampledOut: number;
  readonly truncated: number;
  readonly dropped: number;
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly open: number;
  readonly spooled: number;
  readonly published: number;
  readonly acknowledged: number;
  readonly inStream: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly duplicatesDiscarded: number;
  readonly lostInCrash: Interval;
  readonly balanced: boolean;
}

/** The boot that an agent's newest heartbeat came from. */
export interface CurrentBoot {
  readonly bootId: string;
  /** Unix time in milliseconds. */
  readonly lastSeen: number;
}

/**
 * Sums the books of an agent's boots.
 *
 * The result satisfies, exactly and for any mixture of running, closed and crashed boots,
 *
 *     captured = excluded + sampledOut + dropped + open + spooled + inStream + stored + deadLettered + lostInCrash.min
 *     published = inStream + stored + deadLettered
 *
 * unless something was miscounted, which `balanced` tells. It is false when
 *
 * - a report contradicts itself,
 * - more was settled (stored or dead-lettered) than was published, though the report is at least as new as all that
 *   ingest has seen (while traffic flows a report is often older, which is no contradiction; see settle.ts),
 * - less was settled than had been acknowledged to a boot of which the stream holds nothing any more,
 * - or a crashed boot is accounted for beyond the most that it can have captured.
 *
 * What had been captured by a crashed boot is known within bounds, so is what was lost: `captured` counts the lower
 * bound, and the truth is up to `lostInCrash.max - lostInCrash.min` higher.
 *
 * @param current the boot that runs, as far as known
 */
export function sumBooks(
  boots: readonly BootBooks[],
  current: CurrentBoot | undefined,
  stream: StreamView,
): AgentBooks {
  const parts = boots.map((boot) => {
    const bounds = endedWith(boot, current);
    const inStream = bootInStream(boot, boots, stream);
    return bounds === undefined ? settleRunning(boot, inStream) : settleEnded(boot, bounds, inStream);
  });
  const sum = (count: (boot: BootBooks) => number): number => boots.reduce((n, boot) => n + count(boot), 0);
  const add = (count: (part: SettledBoot) => number): number => parts.reduce((n, part) => n + count(part), 0);
  return {
    connections: sum((boot) => boot.connections),
    opaqueConnections: sum((boot) => boot.opaqueConnections),
    captured: add((part) => part.captured),
    excluded: sum((boot) => total(boot.excludedByReason)),
    excludedByReason: merge(boots.map((boot) => boot.excludedByReason)),
    sampledOut: sum((boot) => boot.sampledOut),
    truncated: sum((boot) => boot.truncated),
    dropped: sum((boot) => total(boot.droppedByReason)),
    droppedByReason: merge(boots.map((boot) => boot.droppedByReason)),
    open: add((part) => part.open),
    spooled: add((part) => part.spooled),
    published: add((part) => part.published),
    acknowledged: add((part) => part.acknowledged),
    inStream: add((part) => part.inStream),
    stored: sum((boot) => boot.stored),
    deadLettered: sum((boot) => boot.deadLettered),
    duplicatesDiscarded: sum((boot) => boot.duplicatesDiscarded),
    lostInCrash: { min: add((part) => part.lost.min), max: add((part) => part.lost.max) },
    balanced: parts.every((part) => part.balanced),
  };
}

/**
 * Whether it takes the boot of the oldest batch in the stream to tell what a crash lost: some boot has ended and not
 * all that it published has been settled.
 */
export function needsOldestBatch(boots: readonly BootBooks[], current: CurrentBoot | undefined): boolean {
  return boots.some((boot) => hasEnded(boot, current) && settled(boot) < boot.published);
}

/** Whether a boot is known to run no more. */
export function hasEnded(boot: BootBooks, current: CurrentBoot | undefined): boolean {
  return endedWith(boot, current) !== undefined;
}

/** How much a boot that has ended had captured; undefined while it runs. */
function endedWith(boot: BootBooks, current: CurrentBoot | undefined): Interval | undefined {
  if (boot.crashed !== undefined) return boot.crashed;
  const replaced =
    current !== undefined &&
    current.bootId !== boot.bootId &&
    boot.reportedAt !== undefined &&
    boot.reportedAt < current.lastSeen;
  if (boot.closing) return { min: boot.captured, max: boot.captured };
  // Another boot took over and nobody told how this one ended: what it captured after its last report is unknown.
  if (!replaced) return undefined;
  const known = Math.max(boot.captured, withheld(boot) + Math.max(boot.published, seen(boot)));
  return { min: known, max: known };
}

function merge(maps: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums = new Map<string, number>();
  for (const map of maps)
    for (const [reason, count] of Object.entries(map)) sums.set(reason, (sums.get(reason) ?? 0) + count);
  return Object.fromEntries(sums);
}
