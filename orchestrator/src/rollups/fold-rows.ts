import type pg from 'pg';
import type { PathFold, PathFolds } from './path-folds.ts';

const READ = `SELECT fold_id, cluster, namespace, workload, prefix FROM culvert.http_path_folds
  WHERE fold_id > $1 ORDER BY fold_id`;

/** Adds what has been learned since it was read last. */
export interface FoldReader {
  read(client: pg.ClientBase | pg.Pool): Promise<void>;
}

/** Keeps some folds up to date with the database. Ids grow, because one process at a time learns. */
export function createFoldReader(folds: PathFolds): FoldReader {
  let newest = 0;
  return {
    async read(client) {
      const { rows } = await client.query<PathFold & { fold_id: number }>(READ, [newest]);
      for (const row of rows) {
        folds.add(row);
        newest = row.fold_id;
      }
    },
  };
}

/** Writes what has been learned. */
export async function insertFolds(client: pg.ClientBase, folds: readonly PathFold[]): Promise<void> {
  await client.query(
    `INSERT INTO culvert.http_path_folds (cluster, namespace, workload, prefix)
     SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])`,
    [
      folds.map((fold) => fold.cluster),
      folds.map((fold) => fold.namespace),
      folds.map((fold) => fold.workload),
      folds.map((fold) => fold.prefix),
    ],
  );
}
