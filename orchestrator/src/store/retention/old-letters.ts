import type pg from 'pg';

const AT_ONCE = 1_000;

// By the primary key, which grows with time, so that no other index is needed. What is on its way back stays: its end
// is still to be told in the books.
const DELETE_OLDEST = `DELETE FROM culvert.dead_letters WHERE dead_letter_id = any(array(
    SELECT dead_letter_id FROM (
      SELECT dead_letter_id, created_at FROM culvert.dead_letters
      WHERE requeued_at IS NULL OR settled_at IS NOT NULL
      ORDER BY dead_letter_id LIMIT ${AT_ONCE}) AS oldest
    WHERE created_at < $1))
  AND (requeued_at IS NULL OR settled_at IS NOT NULL)`;

/**
 * Deletes dead letters that were written before a time, some at a time.
 *
 * @returns how many
 */
export async function deleteOldLetters(pool: pg.Pool, before: Date): Promise<number> {
  let deleted = 0;
  for (;;) {
    const { rowCount } = await pool.query(DELETE_OLDEST, [before]);
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < AT_ONCE) return deleted;
  }
}
