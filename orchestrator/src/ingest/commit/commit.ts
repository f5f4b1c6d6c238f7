import { EventKind } from '@culvert/proto';
import type pg from 'pg';
import { formatBatchKey } from '@culvert/traffic/batch-key';
import type { PathFolds } from '../../rollups/path-folds.ts';
import { createTally, type Tally } from '../../rollups/tally.ts';
import { inTransaction } from '../../store/transaction.ts';
import { eventLetter, type DeadLetter } from '../dead-letter.ts';
import type { BatchPlan, PlanBuffers } from '../plan.ts';
import { claimBatches } from './batch-keys.ts';
import { writeBisecting } from './bisect.ts';
import { addToBooks } from './books.ts';
import { claimAgents } from './claim-agents.ts';
import { insertDeadLetters } from './dead-letters.ts';
import { insertDeltas } from './deltas.ts';
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
import { tallyPlans, tallyRows, tallyUpserted } from './tally-rows.ts';
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
  /** How paths are counted. */
  readonly folds: PathFolds;
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
    // Agents of two namespaces may use one id: which of them may is found out in the transaction.
    const { cluster, namespace } = plan.batch.identity;
    const key = JSON.stringify([formatBatchKey(plan.batch.key), cluster, namespace]);
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
    const claimed = await claimAgents(client, set, set.now);
    const { fresh, known } = await claimBatches(client, set.kind, claimed.plans, set.now);
    const letters = [...claimed.letters, ...fresh.flatMap((plan) => plan.letters)];
    const refused: DeadLetter[] = [];
    const tally = createTally();
    await storeRows(client, set, fresh, mode, { refused, tally });
    await storeParts(client, set, fresh, mode, { refused, tally });
    await insertDeltas(client, tally, set.folds);
    letters.push(...refused);
    const discarded = [...known, ...claimed.repeated];
    const back = await finishRequeued(client, { fresh, discarded, letters }, set.now);
    const others = letters.filter((letter) => !back.inPlace.has(letter));
    const inserted = new Set(await insertDeadLetters(client, others, set.now));
    await addToBooks(
      client,
      settle({ fresh, discarded, refused, letters: others, inserted, requeued: back.outcomes }),
    );
    return { fresh, known: discarded, letters: [...inserted], requeued: back.outcomes };
  });
}

/** What becomes known while rows are stored. */
interface Found {
  readonly refused: DeadLetter[];
  readonly tally: Tally;
}

async function storeRows(
  client: pg.ClientBase,
  set: IngestSet,
  fresh: readonly BatchPlan[],
  mode: CommitMode,
  { refused, tally }: Found,
): Promise<void> {
  const { rows: buffer } = set.buffers;
  const counts = set.kind === EventKind.EVENT_KIND_EXCHANGE;
  if (!mode.careful) {
    await copyPlans(client, set.kind, buffer, fresh);
    if (counts) tallyPlans(tally, buffer, fresh);
    return;
  }
  await writeBisecting(client, wholeRows(fresh), {
    write: async (rows) => {
      await copyRows(client, set.kind, buffer, rows);
      if (counts) tallyRows(tally, buffer, rows);
    },
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
  { refused, tally }: Found,
): Promise<void> {
  const rounds = groupParts(fresh);
  if (rounds.length > 0) await preparePartsTable(client);
  const write = async (groups: readonly PartGroup[]): Promise<void> => {
    const { foreign, counted } = await upsertParts(client, set.buffers.parts, groups);
    for (const group of foreign) {
      for (const { plan, part } of group)
        refused.push(
          eventLetter(plan.batch, part.eventIndex, 'foreign_agent', 'the exchange belongs to another agent'),
        );
    }
    if (mode.careful || rounds.length > 1) await clearParts(client);
    tallyUpserted(tally, counted);
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
