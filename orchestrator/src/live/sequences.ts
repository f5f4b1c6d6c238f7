import { createSharedMemory } from '@culvert/runtime/shared-memory';
import type { ExchangeOrigin } from '../filter/match.ts';
import { cover, covers, missing, type Spans } from './spans.ts';

/** The numbers of events that an agent published together, counted since one of its starts. */
export interface NumberedBatch {
  readonly agentId: string;
  readonly origin: ExchangeOrigin;
  readonly bootId: string;
  readonly firstSequence: number;
  readonly count: number;
}

/** Events that should have come by now: what came later has higher numbers. */
export interface Hole {
  readonly batch: NumberedBatch;
  readonly from: number;
  /** Behind the last one. */
  readonly to: number;
  /** When the agent was last heard before, and when it was found; Unix times in milliseconds. */
  readonly since: number;
  readonly foundAt: number;
}

/** What became of a batch. */
export interface Noted {
  /** All of it had been heard before. */
  readonly repeated: boolean;
  /** What is found to be missing now; it may still come. */
  readonly hole: Hole | undefined;
}

/** Which events of each agent have been heard. */
export interface Sequences {
  note(batch: NumberedBatch, now: number): Noted;
  /** How many events of a hole have still not come. */
  missing(hole: Hole): number;
  forget(): void;
}

interface Boot {
  readonly spans: Spans;
  heardAt: number;
}

/** Numbers of a boot begin here. */
const FIRST = 1;
/** Bounds of memory. What was forgotten is heard as if for the first time. */
const MOST_AGENTS = 20_000;
const MOST_BOOTS = 4;
const MOST_SPANS = 64;

/**
 * Knows repeated batches and finds gaps by sequence numbers, which count the events of one agent since one of its
 * starts: a batch never changes, so its numbers are its key.
 *
 * Of an agent that is heard for the first time nobody knows what it published before, so nothing is missing. An agent
 * that was heard and has started again since begins at 1.
 */
export function createSequences(): Sequences {
  let agents = createSharedMemory<Map<string, Boot>>(MOST_AGENTS);
  return {
    note(batch, now) {
      const { bootId, firstSequence: from, count } = batch;
      const to = from + count;
      const boots = agents.get(...nameOf(batch)) ?? new Map<string, Boot>();
      agents.set(...nameOf(batch), boots);
      const boot = newest(boots, bootId, MOST_BOOTS, () => {
        const start = boots.size > 0 ? FIRST : from;
        return { spans: [start, start], heardAt: lastHeard(boots) ?? now };
      });
      const { spans, heardAt } = boot;
      const end = spans.at(-1) as number;
      if (covers(spans, from, to)) return { repeated: count > 0, hole: undefined };
      cover(spans, from, to);
      // Too many holes: the oldest one is waited for no longer.
      if (spans.length > 2 * MOST_SPANS) spans.splice(1, 2);
      boot.heardAt = now;
      if (from <= end) return { repeated: false, hole: undefined };
      return { repeated: false, hole: { batch, from: end, to: from, since: heardAt, foundAt: now } };
    },
    missing({ batch, from, to }) {
      const boot = agents.get(...nameOf(batch))?.get(batch.bootId);
      return boot === undefined ? to - from : missing(boot.spans, from, to);
    },
    forget() {
      agents = createSharedMemory(MOST_AGENTS);
    },
  };
}

/** Another namespace may use the same id: its batches are not this agent's. */
function nameOf({ agentId, origin: { cluster, namespace } }: NumberedBatch): [owner: string, name: string] {
  return [JSON.stringify([cluster, namespace]), agentId];
}

/** The value of a key, which becomes the newest one; where there are too many, the oldest one goes. */
function newest<V>(values: Map<string, V>, key: string, most: number, create: () => V): V {
  const value = values.get(key) ?? create();
  values.delete(key);
  values.set(key, value);
  if (values.size > most) values.delete(values.keys().next().value as string);
  return value;
}

function lastHeard(boots: ReadonlyMap<string, Boot>): number | undefined {
  const times = [...boots.values()].map((boot) => boot.heardAt);
  return times.length === 0 ? undefined : Math.max(...times);
}
