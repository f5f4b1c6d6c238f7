import { from as copyFrom } from 'pg-copy-streams';
import type pg from 'pg';
import { COPY_HEADER, COPY_TRAILER } from './copy-buffer.ts';

/**
 * Loads rows by `COPY … FROM STDIN (FORMAT binary)`.
 *
 * @param slices encoded rows; few and large, because each costs a message
 * @throws pg.DatabaseError when Postgres refuses a row
 */
export async function copyIn(
  client: pg.ClientBase,
  statement: string,
  slices: readonly Buffer[],
): Promise<void> {
  const stream = client.query(copyFrom(statement));
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject);
    stream.on('finish', resolve);
    stream.write(COPY_HEADER);
    for (const slice of slices) stream.write(slice);
    stream.end(COPY_TRAILER);
  });
}
