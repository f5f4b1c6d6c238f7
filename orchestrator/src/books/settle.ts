import { seen, settled, withheld, type BootBooks, type Interval } from './boot.ts';

/** A boot's books made comparable: for each boot, captured is the sum of its parts plus `lost.min`. */
export interface SettledBoot {
  readonly captured: number;
  readonly open: number;
  readonly spooled: number;
  readonly published: number;
  /** What was stored had been in the stream, so it counts as acknowledged before the boot tells so. */
  readonly acknowledged: number;
  readonly inStream: number;
  readonly lost: Interval;
  readonly balanced: boolean;
}

/** What the stream says about one boot. */
export interface BootInStream {
  /** Whether batches of the boot may still be in the stream. */
  readonly mayHold: boolean;
  /**
   * How much had been acknowledged to the boot before the stream was asked, where the stream is known to hold
   * nothing of it any more.
   */
  readonly acknowledgedBefore: number;
}

const NOTHING_LOST: Interval = { min: 0, max: 0 };

/**
 * Settles the books of a boot that runs, as far as known.
 *
 * Heartbeats come every few seconds and on a stream of their own, so what ingest counted can be newer than what the
 * boot reported. It is exactly when the highest number that ingest saw is above the last one that the boot had
 * given when it reported. Then more has been settled than `published` says, and the difference stood as spooled, as
 * open, or not at all in that heartbeat. It is taken from `spooled` and beyond that added to `captured`: the equation
 * holds, and `captured` is no more than is certain. The next heartbeat makes it exact.
 *
 * Otherwise the heartbeat knows all that ingest has seen, and what was settled must be part of what was published.
 */
export function settleRunning(boot: BootBooks, stream: BootInStream): SettledBoot {
  const done = settled(boot);
  const known = seen(boot);
  const behind = boot.reportedAt === undefined || boot.ingestedSequence > boot.lastSequence;
  const published = behind ? Math.max(boot.published, known) : boot.published;
  const moved = published - boot.published;
  const spooled = Math.max(0, boot.spooled - moved);
  return {
    captured: boot.captured + moved - (boot.spooled - spooled),
    open: boot.open,
    spooled,
    published,
    acknowledged: Math.max(boot.acknowledged, known),
    inStream: Math.max(0, published - done),
    lost: NOTHING_LOST,
    balanced:
      addsUp(boot) &&
      boot.acknowledged <= published &&
      known <= published &&
      known >= stream.acknowledgedBefore,
  };
}

/**
 * Settles the books of a boot that has ended: nothing of it is open or spooled any more, so whatever it captured
 * and is neither withheld, settled nor in the stream is lost.
 *
 * @param bounds how much it captured: both bounds are the same for one that said goodbye
 */
export function settleEnded(boot: BootBooks, bounds: Interval, stream: BootInStream): SettledBoot {
  const done = settled(boot);
  const known = seen(boot);
  // A batch that was under way when the process died may have reached the stream or not: only the stream knows.
  const published = stream.mayHold ? Math.max(boot.published, known) : known;
  const inStream = published - done;
  const accounted = withheld(boot) + done + inStream;
  const lost = { min: Math.max(0, bounds.min - accounted), max: Math.max(0, bounds.max - accounted) };
  return {
    captured: accounted + lost.min,
    open: 0,
    spooled: 0,
    published,
    acknowledged: Math.max(boot.acknowledged, known),
    inStream,
    lost,
    balanced:
      accounted <= bounds.max && known >= stream.acknowledgedBefore && (!boot.closing || addsUp(boot)),
  };
}

/** Whether a boot's own report is consistent: its counts are of one moment. */
function addsUp(boot: BootBooks): boolean {
  return boot.captured === withheld(boot) + boot.open + boot.spooled + boot.published;
}
