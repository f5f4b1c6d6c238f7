import type pg from 'pg';
import type { DeadLetter } from '../dead-letter.ts';
import { clean } from '../decode/delivery.ts';

const INSERT_LETTERS = `INSERT INTO culvert.dead_letters
    (agent_id, boot_id, kind, first_sequence, event_count, event_index, reason, detail, exchanges, subject, payload,
     created_at)
  SELECT *, $12 FROM unnest($1::text[], $2::uuid[], $3::int2[], $4::int8[], $5::int4[], $6::int4[], $7::text[],
    $8::text[], $9::int4[], $10::text[], $11::bytea[])
    AS letter (agent_id, boot_id, kind, first_sequence, event_count, event_index, reason, detail, exchanges, subject,
      payload)
  ORDER BY agent_id, boot_id, kind, first_sequence, event_count, event_index
  ON CONFLICT DO NOTHING
  RETURNING agent_id, boot_id::text, kind, first_sequence, event_count, event_index`;

interface LetterRow {
  readonly agent_id: string;
  readonly boot_id: string;
  readonly kind: number;
  readonly first_sequence: string;
  readonly event_count: number;
  readonly event_index: number;
}

/**
 * Writes dead letters, which are unique by batch key and event.
 *
 * @param now Unix time in milliseconds
 * @returns those that were not there yet
 */
export async function insertDeadLetters(
  client: pg.ClientBase,
  letters: readonly DeadLetter[],
  now: number,
): Promise<readonly DeadLetter[]> {
  const unique = [...new Map(letters.map((letter) => [letterKey(letter), letter])).values()];
  if (unique.length === 0) return [];
  const result = await client.query<LetterRow>(INSERT_LETTERS, [
    unique.map((letter) => clean(letter.key.agentId)),
    unique.map((letter) => letter.key.bootId),
    unique.map((letter) => letter.key.kind),
    unique.map((letter) => letter.key.firstSequence),
    unique.map((letter) => letter.key.count),
    unique.map((letter) => letter.eventIndex),
    unique.map((letter) => letter.reason),
    unique.map((letter) => clean(letter.detail)),
    unique.map((letter) => letter.measure),
    unique.map((letter) => clean(letter.subject)),
    unique.map((letter) => letter.payload),
    new Date(now),
  ]);
  const inserted = new Set(result.rows.map(rowKey));
  return unique.filter((letter) => inserted.has(letterKey(letter)));
}

function letterKey({ key, eventIndex }: DeadLetter): string {
  return [clean(key.agentId), key.bootId, key.kind, key.firstSequence, key.count, eventIndex].join('/');
}

function rowKey(row: LetterRow): string {
  const boot = row.boot_id.replaceAll('-', '');
  return [row.agent_id, boot, row.kind, row.first_sequence, row.event_count, row.event_index].join('/');
}
