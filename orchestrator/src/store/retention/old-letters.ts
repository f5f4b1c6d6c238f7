import type pg from 'pg';

const AT_ONCE = 1_000;

// By the primary key, which grows with time, so that no other index is needed.
const DELETE_OLDEST = `DELETE FROM culvert.dead_letters WHERE dead_letter_id = any(array(
    SELECT dead_letter_id FROM (
      SELECT dead_letter_id, created_at FROM culvert.dead_letters
      WHERE requeued_at IS NULL OR settled_at IS NOT NULL
      ORDER BY dead_letter_id LIMIT ${AT_ONCE}) AS oldest
    WHERE created_at < $1))
  AND (requeued_at IS NULL OR settled_at IS NOT NULL)`;

// What began its way back that long ago has been lost on it: it is dead after all.
const DELETE_LOST = `WITH lost AS (
    DELETE FROM culvert.dead_letters WHERE created_at < $1 AND requeued_at < $1 AND settled_at IS NULL
    RETURNING agent_id, boot_id, kind, exchanges),
  books AS (
    UPDATE culvert.agent_books AS book
    SET requeueing = requeueing - counted, dead_lettered = dead_lettered + counted
    FROM (SELECT agent_id, boot_id, kind, sum(exchanges) AS counted FROM lost GROUP BY 1, 2, 3) AS sums
    WHERE (book.agent_id, book.boot_id, book.kind) = (sums.agent_id, sums.boot_id, sums.kind))
  SELECT count(*)::int AS count FROM lost`;

/**
 * Deletes dead letters that were written before a time, some at a time. One that is on its way back stays until that
 * began before the time, too.
 *
 * @returns how many
 */
export async function deleteOldLetters(pool: pg.Pool, before: Date): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await pool.query(DELETE_OLDEST, [before]);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) break;
  }
  const lost = await pool.query<{ count: number }>(DELETE_LOST, [before]);
  return deleted + (lost.rows[0]?.count ?? 0);
}
