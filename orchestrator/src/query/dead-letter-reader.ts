import { sql, type ExpressionBuilder, type ExpressionWrapper, type SqlBool } from 'kysely';
import { encodeSubjectToken } from '@culvert/traffic/subject';
import { LETTER_REASONS, type LetterFilter } from '../dead-letters/letter.ts';
import type { Database } from './database.ts';
import type { DeadLetterColumns, Tables } from './tables.ts';

/** A dead letter without its payload, which is read only where it is selected. */
export type LetterRow = Omit<DeadLetterColumns, 'payload'> & { readonly payload_bytes: number };

type Builder = ExpressionBuilder<Tables, 'culvert.dead_letters'>;
type Condition = ExpressionWrapper<Tables, 'culvert.dead_letters', SqlBool>;

/**
 * Reads the newest letters that match, newest first.
 *
 * @param before the id of a letter: only older ones
 */
export async function readLetters(
  db: Database,
  filter: LetterFilter,
  limit: number,
  before: string | undefined,
): Promise<LetterRow[]> {
  let query = db
    .selectFrom('culvert.dead_letters')
    .select([
      'dead_letter_id',
      'agent_id',
      'kind',
      'first_sequence',
      'event_count',
      'event_index',
      'reason',
      'detail',
      'exchanges',
      'subject',
      'created_at',
      'requeued_at',
      'settled_at',
      'requeue_attempts',
      sql<number>`octet_length(payload)`.as('payload_bytes'),
    ])
    .where((eb) => eb.and(conditions(eb, filter)))
    .orderBy('dead_letter_id', 'desc')
    .limit(limit);
  if (before !== undefined) query = query.where('dead_letter_id', '<', before);
  return query.execute();
}

/** The ids of the oldest letters that match, oldest first. */
export async function readLetterIds(db: Database, filter: LetterFilter, limit: number): Promise<string[]> {
  const rows = await db
    .selectFrom('culvert.dead_letters')
    .select('dead_letter_id')
    .where((eb) => eb.and(conditions(eb, filter)))
    .orderBy('dead_letter_id')
    .limit(limit)
    .execute();
  return rows.map((row) => row.dead_letter_id);
}

/** The bytes of a letter; undefined when it is gone. */
export async function readPayload(db: Database, id: string): Promise<Buffer | undefined> {
  const row = await db
    .selectFrom('culvert.dead_letters')
    .select('payload')
    .where('dead_letter_id', '=', id)
    .executeTakeFirst();
  return row?.payload;
}

function conditions(eb: Builder, { reasons, agentIds, namespaces, state }: LetterFilter): Condition[] {
  const found: Condition[] = [];
  const isOne = (column: 'reason' | 'agent_id', values: readonly string[]): Condition =>
    // Postgres would refuse a text with NUL; no row has one.
    eb(column, '=', sql<string>`any(${values.filter((value) => !value.includes('\0'))}::text[])`);
  if (reasons !== undefined) {
    const known = isOne('reason', reasons);
    const other = eb('reason', '<>', sql<string>`all(${LETTER_REASONS}::text[])`);
    found.push(reasons.includes('other') ? eb.or([known, other]) : known);
  }
  if (agentIds !== undefined) found.push(isOne('agent_id', agentIds));
  if (namespaces !== undefined)
    found.push(
      eb(
        sql<string>`split_part(subject, '.', 4)`,
        '=',
        sql<string>`any(${namespaces.map(encodeSubjectToken)}::text[])`,
      ),
    );
  if (state === 'HELD') found.push(eb('requeued_at', 'is', null));
  if (state === 'REQUEUEING') found.push(eb('requeued_at', 'is not', null), eb('settled_at', 'is', null));
  if (state === 'REQUEUED') found.push(eb('settled_at', 'is not', null));
  return found;
}
