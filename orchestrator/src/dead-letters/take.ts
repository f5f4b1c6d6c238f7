import type pg from 'pg';
import { addToBooks, createBookEntries } from '../ingest/commit/books.ts';
import { inTransaction } from '../store/transaction.ts';
import { decideRequeue, type LetterStanding } from './decide.ts';
import { ownKeyDay } from './own-key.ts';

/** A letter as it is sent back. */
export interface TakenLetter extends LetterStanding {
  readonly dead_letter_id: string;
  readonly agent_id: string;
  readonly boot_id: string;
  readonly kind: number;
  readonly first_sequence: string;
  readonly event_count: number;
  /** -1 for a whole message. */
  readonly event_index: number;
  readonly exchanges: number;
  readonly payload: Buffer;
  /** Known to the letter and to whoever sends it back; the same for all attempts. */
  readonly requeue_token: string;
  readonly requeue_attempts: number;
  /** Whether it had been taken before, and may be in the stream already. */
  readonly repeated: boolean;
}

/** What became of letters that somebody wants to send back. */
export interface Taken {
  readonly letters: readonly TakenLetter[];
  readonly refused: readonly { readonly id: string; readonly reason: string }[];
}

/** For this long nobody else sends a letter, unless it is known to be done. */
const LEASE_MS = 30_000;

const LOCK = `SELECT dead_letter_id, agent_id, boot_id::text, kind, first_sequence, event_count, event_index, exchanges,
    subject, payload, requeued_at, settled_at, requeue_until
  FROM culvert.dead_letters WHERE dead_letter_id = any($1::int8[]) ORDER BY dead_letter_id FOR UPDATE`;

const TAKE = `UPDATE culvert.dead_letters SET
    requeued_at = CASE WHEN requeued_at IS NULL THEN $2 ELSE requeued_at END,
    requeue_attempts = requeue_attempts + CASE WHEN requeued_at IS NULL THEN 1 ELSE 0 END,
    requeue_until = $3, requeue_token = coalesce(requeue_token, gen_random_uuid())
  WHERE dead_letter_id = any($1::int8[])
  RETURNING dead_letter_id, requeue_token::text, requeue_attempts`;

// The batch of one event that comes back has this key, and was committed as such if it had come alone before.
const FORGET_KEYS = `DELETE FROM culvert.ingest_batches AS batch
  USING unnest($1::int4[], $2::text[], $3::uuid[], $4::int2[], $5::int8[])
    AS key (day, agent_id, boot_id, kind, first_sequence)
  WHERE batch_day = date '1970-01-01' + day AND batch.agent_id = key.agent_id AND batch.boot_id = key.boot_id
    AND batch.kind = key.kind AND batch.first_sequence = key.first_sequence AND batch.event_count = 1`;

/**
 * Takes letters out of the dead ones, in one transaction: what they count moves in the books to what is on its way
 * back, and ingest forgets that it has seen them. Of two that want the same letter at once, one gets it.
 *
 * @param now Unix time in milliseconds
 */
export async function takeLetters(pool: pg.Pool, ids: readonly string[], now: number): Promise<Taken> {
  return inTransaction(pool, async (client) => {
    const { rows } = await client.query<Omit<TakenLetter, 'requeue_token' | 'requeue_attempts' | 'repeated'>>(
      LOCK,
      [ids],
    );
    const found = new Map(rows.map((row) => [row.dead_letter_id, row]));
    const decisions = ids.map((id) => ({ id, decision: decideRequeue(found.get(id), now) }));
    const chosen = decisions.flatMap(({ id, decision }) => {
      const row = found.get(id);
      return typeof decision === 'object' || row === undefined
        ? []
        : { ...row, repeated: decision === 'repeat' };
    });
    const fresh = chosen.filter((letter) => !letter.repeated);
    await forgetKeys(client, fresh);
    const marks = await client.query<
      Pick<TakenLetter, 'dead_letter_id' | 'requeue_token' | 'requeue_attempts'>
    >(TAKE, [chosen.map((letter) => letter.dead_letter_id), new Date(now), new Date(now + LEASE_MS)]);
    const marked = new Map(marks.rows.map((row) => [row.dead_letter_id, row]));
    await moveInBooks(client, fresh, 1);
    return {
      letters: chosen.flatMap((letter) => {
        const mark = marked.get(letter.dead_letter_id);
        return mark === undefined ? [] : { ...letter, ...mark };
      }),
      refused: decisions.flatMap(({ id, decision }) =>
        typeof decision === 'object' ? { id, reason: decision.refused } : [],
      ),
    };
  });
}

const PUT_BACK = `UPDATE culvert.dead_letters SET requeued_at = NULL, requeue_until = NULL
  WHERE dead_letter_id = $1 AND requeue_attempts = $2 AND requeued_at IS NOT NULL AND settled_at IS NULL`;

/** Undoes the taking of a letter that is known not to have reached the stream. */
export async function putBack(pool: pg.Pool, letter: TakenLetter): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rowCount } = await client.query(PUT_BACK, [letter.dead_letter_id, letter.requeue_attempts]);
    if (rowCount === 1) await moveInBooks(client, [letter], -1);
  });
}

/** Lets others try at once, after it could not be told whether letters have reached the stream. */
export async function endLease(pool: pg.Pool, ids: readonly string[]): Promise<void> {
  await pool.query(
    `UPDATE culvert.dead_letters SET requeue_until = NULL WHERE dead_letter_id = any($1::int8[])`,
    [ids],
  );
}

async function forgetKeys(
  client: pg.ClientBase,
  letters: readonly Omit<TakenLetter, 'requeue_token' | 'requeue_attempts' | 'repeated'>[],
): Promise<void> {
  // A message that is set aside as a whole leaves no key.
  const events = letters.filter((letter) => letter.event_index >= 0);
  if (events.length === 0) return;
  await client.query(FORGET_KEYS, [
    events.map((letter) => ownKeyDay(letter.subject, letter.payload)),
    events.map((letter) => letter.agent_id),
    events.map((letter) => letter.boot_id),
    events.map((letter) => letter.kind),
    events.map((letter) => Number(letter.first_sequence) + letter.event_index),
  ]);
}

type Counted = Pick<TakenLetter, 'agent_id' | 'boot_id' | 'kind' | 'exchanges'>;

async function moveInBooks(
  client: pg.ClientBase,
  letters: readonly Counted[],
  direction: 1 | -1,
): Promise<void> {
  const books = createBookEntries();
  for (const letter of letters) {
    if (letter.exchanges === 0) continue;
    const entry = books.entry({ agentId: letter.agent_id, bootId: letter.boot_id, kind: letter.kind });
    entry.deadLettered -= direction * letter.exchanges;
    entry.requeueing += direction * letter.exchanges;
  }
  await addToBooks(client, books.all());
}
