import type pg from 'pg';
import type { BatchKey } from '@culvert/traffic/batch-key';
import type { DeadLetter } from '../dead-letter.ts';
import { clean } from '../decode/delivery.ts';
import type { RequeuedLetter } from '../decode/requeued.ts';
import type { BatchPlan } from '../plan.ts';

/** What became of messages that came back from the dead letters, before their letters are told. */
export interface Returned {
  readonly fresh: readonly BatchPlan[];
  readonly discarded: readonly BatchPlan[];
  readonly letters: readonly DeadLetter[];
  /** Letters whose messages have been stored, where that is known otherwise. */
  readonly done?: readonly RequeuedLetter[];
}

/**
 * What became of one letter: it is finished with, it is held again because the same failed again, or it was so already
 * and the message has come twice.
 */
export interface RequeuedOutcome {
  readonly became: 'settled' | 'held' | 'repeated';
  /** What it counts in which book. */
  readonly measure: number;
  readonly book: Pick<BatchKey, 'agentId' | 'bootId' | 'kind'>;
}

/** What {@link finishRequeued} did. */
export interface FinishedRequeued {
  readonly outcomes: readonly RequeuedOutcome[];
  /** New letters that are told by the rows of old ones. */
  readonly inPlace: ReadonlySet<DeadLetter>;
}

/** A letter that a message came back from, and the one that the message has become now, if it has. */
interface Return {
  readonly mark: RequeuedLetter;
  readonly now: DeadLetter | undefined;
}

interface Row {
  readonly dead_letter_id: string;
  readonly agent_id: string;
  readonly boot_id: string;
  readonly kind: number;
  readonly event_index: number;
  readonly exchanges: number;
  readonly token: string | null;
  readonly on_its_way: boolean;
}

const LOCK = `SELECT dead_letter_id, agent_id, boot_id::text, kind, event_index, exchanges, requeue_token::text AS token,
    requeued_at IS NOT NULL AND settled_at IS NULL AS on_its_way
  FROM culvert.dead_letters WHERE dead_letter_id = any($1::int8[]) ORDER BY dead_letter_id FOR UPDATE`;

const SETTLE = `UPDATE culvert.dead_letters SET settled_at = $2, requeue_until = NULL
  WHERE dead_letter_id = any($1::int8[])`;

const HOLD = `UPDATE culvert.dead_letters AS letter
  SET requeued_at = NULL, requeue_until = NULL, reason = again.reason, detail = again.detail
  FROM unnest($1::int8[], $2::text[], $3::text[]) AS again (id, reason, detail) WHERE dead_letter_id = again.id`;

const NOTHING: FinishedRequeued = { outcomes: [], inPlace: new Set() };

/**
 * Finishes with the letters that messages of a set came back from, in the transaction that stores the set: what has
 * failed again goes back to its letter, what has not ends it. Only the message that holds a letter's token can do so.
 *
 * @param now Unix time in milliseconds
 */
export async function finishRequeued(
  client: pg.ClientBase,
  returned: Returned,
  now: number,
): Promise<FinishedRequeued> {
  const returns = findReturns(returned);
  if (returns.length === 0) return NOTHING;
  const { rows } = await client.query<Row>(LOCK, [returns.map(({ mark }) => mark.id)]);
  const byId = new Map(rows.map((row) => [row.dead_letter_id, row]));
  const settled: string[] = [];
  const held: { readonly id: string; readonly letter: DeadLetter }[] = [];
  const inPlace = new Set<DeadLetter>();
  const outcomes: RequeuedOutcome[] = [];
  const finished = new Set<string>();
  for (const { mark, now: letter } of returns) {
    const row = byId.get(mark.id);
    // Deleted for its age meanwhile, or never there: then this is a message like any other.
    if (row?.token !== mark.token) continue;
    // A message of which an event fails now, while it had failed as a whole, has come further.
    const again = letter !== undefined && row.event_index < 0 === letter.eventIndex < 0 ? letter : undefined;
    const current = row.on_its_way && !finished.has(mark.id);
    finished.add(mark.id);
    if (again !== undefined) inPlace.add(again);
    if (current && again !== undefined) held.push({ id: mark.id, letter: again });
    else if (current) settled.push(mark.id);
    else if (again === undefined) continue;
    outcomes.push({
      became: current ? (again === undefined ? 'settled' : 'held') : 'repeated',
      measure: row.exchanges,
      book: { agentId: row.agent_id, bootId: row.boot_id.replaceAll('-', ''), kind: row.kind },
    });
  }
  if (settled.length > 0) await client.query(SETTLE, [settled, new Date(now)]);
  if (held.length > 0)
    await client.query(HOLD, [
      held.map(({ id }) => id),
      held.map(({ letter }) => letter.reason),
      held.map(({ letter }) => clean(letter.detail)),
    ]);
  return { outcomes, inPlace };
}

function findReturns({ fresh, discarded, letters, done = [] }: Returned): Return[] {
  const returns: Return[] = done.map((mark) => ({ mark, now: undefined }));
  for (const letter of letters)
    if (letter.requeued !== undefined) returns.push({ mark: letter.requeued, now: letter });
  for (const plan of fresh) {
    if (plan.requeued === undefined) continue;
    // One event that failed again is the letter that it came from; several make letters of their own.
    const own =
      plan.batch.key.count === 1 ? letters.find((letter) => letter.key === plan.batch.key) : undefined;
    returns.push({ mark: plan.requeued, now: own });
  }
  for (const plan of discarded)
    if (plan.requeued !== undefined) returns.push({ mark: plan.requeued, now: undefined });
  return returns;
}
