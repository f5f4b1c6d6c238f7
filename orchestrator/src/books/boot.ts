/** Exchange counts of one boot of an agent. The upper ones its heartbeats reported, the lower ones ingest counted. */
export interface BootBooks {
  readonly bootId: string;
  /** By the agent's clock, Unix time in milliseconds; undefined before the first heartbeat. */
  readonly reportedAt: number | undefined;
  /** The last heartbeat said goodbye: the boot's books are final. */
  readonly closing: boolean;
  /** For a boot that ended without goodbye, as told by a later one: how much it had captured at least and at most. */
  readonly crashed: Interval | undefined;
  readonly connections: number;
  readonly opaqueConnections: number;
  readonly captured: number;
  readonly excludedByReason: Readonly<Record<string, number>>;
  readonly sampledOut: number;
  readonly truncated: number;
  readonly droppedByReason: Readonly<Record<string, number>>;
  readonly open: number;
  readonly spooled: number;
  readonly published: number;
  readonly acknowledged: number;
  /** The last number that the boot had given to an event when it sent the heartbeat. */
  readonly lastSequence: number;

  readonly stored: number;
  readonly deadLettered: number;
  /** What dead letters count that are on their way back: published, and for certain not finished with. */
  readonly requeueing: number;
  readonly duplicatesDiscarded: number;
  /** The highest number of an event that ingest has seen. */
  readonly ingestedSequence: number;
}

/** A count known only within bounds, both included. */
export interface Interval {
  readonly min: number;
  readonly max: number;
}

/** The sum of the counts behind each reason. */
export function total(byReason: Readonly<Record<string, number>>): number {
  return Object.values(byReason).reduce((sum, count) => sum + count, 0);
}

/** What ingest has finished with. */
export function settled(boot: BootBooks): number {
  return boot.stored + boot.deadLettered;
}

/** What is known to have been published, because it has reached ingest once. */
export function seen(boot: BootBooks): number {
  return settled(boot) + boot.requeueing;
}

/** What the boot itself took out before publishing. */
export function withheld(boot: BootBooks): number {
  return total(boot.excludedByReason) + boot.sampledOut + total(boot.droppedByReason);
}
