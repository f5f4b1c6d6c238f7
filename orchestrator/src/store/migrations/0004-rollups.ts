import { sql, type Kysely } from 'kysely';

/**
 * Counts of exchanges by minute and hour. Ingest adds to `http_rollup_deltas`; one compactor moves what is there to
 * the minutes and hours of series.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
}

// Bytes are float8: exact up to 2^53, and no sum of what agents claim can be out of range. The latencies are a sparse
// histogram as orchestrator/src/rollups/histogram.ts writes it.
const MEASURES = `
  count int8 NOT NULL,
  errors int8 NOT NULL,
  request_bytes float8 NOT NULL,
  response_bytes float8 NOT NULL,
  latencies bytea NOT NULL`;

const KEYS = `
  cluster text NOT NULL,
  namespace text NOT NULL,
  workload text NOT NULL`;

const STATEMENTS = [
  // Written by upserts alone: what the last one changed, as bits, for the one who wrote it.
  `ALTER TABLE culvert.http_transactions ADD COLUMN counted int2`,

  `CREATE TABLE culvert.http_rollup_deltas (
    minute timestamptz NOT NULL,
    ${KEYS},
    method text NOT NULL,
    path_template text NOT NULL,
    status_class int2 NOT NULL,
    ${MEASURES}
  ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)`,

  // No unique index: names may be longer than an entry of one, and there is one writer.
  `CREATE TABLE culvert.http_series (
    series_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ${KEYS},
    method text NOT NULL,
    path_template text NOT NULL,
    status_class int2 NOT NULL
  )`,

  `CREATE TABLE culvert.http_path_folds (
    fold_id int4 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    ${KEYS},
    prefix text NOT NULL
  )`,

  ...['minute', 'hour', 'six_hours'].map(
    (step) => `CREATE TABLE culvert.http_rollups_${step} (
      at timestamptz NOT NULL,
      series_id int4 NOT NULL,
      ${MEASURES},
      PRIMARY KEY (at, series_id)
    ) WITH (fillfactor = 70)`,
  ),
];
