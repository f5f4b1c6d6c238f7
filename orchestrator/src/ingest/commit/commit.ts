import type pg from 'pg';
import { formatBatchKey } from '@culvert/traffic/batch-key';
import { inTransaction } from '../../store/transaction.ts';
import { eventLetter, type DeadLetter } from '../dead-letter.ts';
import type { BatchPlan, PlanBuffers } from '../plan.ts';
import { insertUnknownAgents } from './agents.ts';
import { claimBatches } from './batch-keys.ts';
import { writeBisecting } from './bisect.ts';
import { addToBooks } from './books.ts';
import { insertDeadLetters } from './dead-letters.ts';
import {
  clearParts,
  divideGroup,
  groupParts,
  preparePartsTable,
  upsertParts,
  type PartGroup,
} from './exchange-parts.ts';
import { finishRequeued, type RequeuedOutcome } from './requeued.ts';
import { settle } from './settle.ts';
import { copyPlans, copyRows, wholeRows } from './whole-rows.ts';

/** What one transaction takes: batches of one kind, planned, and messages that are no batches. */
export interface IngestSet {
  readonly kind: number;
  readonly plans: readonly BatchPlan[];
  /** Batches that stand in this set already. */
  readonly repeated: readonly BatchPlan[];
  readonly letters: readonly DeadLetter[];
  /** Hold the rows of the plans. */
  readonly buffers: PlanBuffers;
  /** Unix time in milliseconds. */
  readonly now: number;
}

/** What one transaction did. */
export interface Committed {
  readonly fresh: readonly BatchPlan[];
  readonly known: readonly BatchPlan[];
  /** Those that were not there before. */
  readonly letters: readonly DeadLetter[];
  readonly requeued: readonly RequeuedOutcome[];
}

/** How the transaction goes about it. */
export interface CommitMode {
  /**
   * Whether to find what Postgres refuses. Costs savepoints, so it is only done after the set has been refused as a
   * whole; without it, a refusal fails the transaction.
   */
  readonly careful: boolean;
  readonly onSplit: () => void;
}

/** Sorts plans from plans whose keys came earlier in the same set. */
export function withoutRepeats(plans: readonly BatchPlan[]): {
  readonly plans: readonly BatchPlan[];
  readonly repeated: readonly BatchPlan[];
} {
  const first = new Map<string, BatchPlan>();
  const repeated: BatchPlan[] = [];
  for (const plan of plans) {
    const key = formatBatchKey(plan.batch.key);
    if (first.has(key)) repeated.push(plan);
    else first.set(key, plan);
  }
  return { plans: [...first.values()], repeated };
}

/**
 * Stores a set in one transaction: keys, rows, dead letters and books together or not at all.
 *
 * @throws pg.DatabaseError or a connection's error; then nothing was stored
 */
export async function commitSet(pool: pg.Pool, set: IngestSet, mode: CommitMode): Promise<Committed> {
  return inTransaction(pool, async (client) => {
    const { fresh, known } = await claimBatches(client, set.kind, set.plans, set.now);
    const letters = [...set.letters, ...fresh.flatMap((plan) => plan.letters)];
    const refused: DeadLetter[] = [];
    await storeRows(client, set, fresh, mode, refused);
    await storeParts(client, set, fresh, mode, refused);
    letters.push(...refused);
    const discarded = [...known, ...set.repeated];
    const back = await finishRequeued(client, { fresh, discarded, letters }, set.now);
    const others = letters.filter((letter) => !back.inPlace.has(letter));
    const inserted = new Set(await insertDeadLetters(client, others, set.now));
    await insertUnknownAgents(client, fresh);
    await addToBooks(
      client,
      settle({ fresh, discarded, refused, letters: others, inserted, requeued: back.outcomes }),
    );
    return { fresh, known: discarded, letters: [...inserted], requeued: back.outcomes };
  });
}

async function storeRows(
  client: pg.ClientBase,
  set: IngestSet,
  fresh: readonly BatchPlan[],
  mode: CommitMode,
  refused: DeadLetter[],
): Promise<void> {
  if (!mode.careful) return copyPlans(client, set.kind, set.buffers.rows, fresh);
  await writeBisecting(client, wholeRows(fresh), {
    write: (rows) => copyRows(client, set.kind, set.buffers.rows, rows),
    divide: () => undefined,
    refused: (row, error) => {
      refused.push(eventLetter(row.plan.batch, row.eventIndex, 'rejected', describe(error)));
    },
    onSplit: mode.onSplit,
  });
}

async function storeParts(
  client: pg.ClientBase,
  set: IngestSet,
  fresh: readonly BatchPlan[],
  mode: CommitMode,
  refused: DeadLetter[],
): Promise<void> {
  const rounds = groupParts(fresh);
  if (rounds.length > 0) await preparePartsTable(client);
  const write = async (groups: readonly PartGroup[]): Promise<void> => {
    for (const group of await upsertParts(client, set.buffers.parts, groups)) {
      for (const { plan, part } of group)
        refused.push(
          eventLetter(plan.batch, part.eventIndex, 'foreign_agent', 'the exchange belongs to another agent'),
        );
    }
    if (mode.careful || rounds.length > 1) await clearParts(client);
  };
  for (const groups of rounds) {
    if (!mode.careful) await write(groups);
    else
      await writeBisecting(client, groups, {
        write,
        divide: divideGroup,
        refused: (group, error) => {
          for (const { plan, part } of group)
            refused.push(eventLetter(plan.batch, part.eventIndex, 'rejected', describe(error)));
        },
        onSplit: mode.onSplit,
      });
  }
}

function describe(error: pg.DatabaseError): string {
  return `${error.code ?? '?????'}: ${error.message}`;
}
