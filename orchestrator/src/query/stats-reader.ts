import { sql, type RawBuilder } from 'kysely';
import { addEncoded, createHistogram, quantile } from '../rollups/histogram.ts';
import type { Database } from './database.ts';
import type { StatsColumn, StatsCondition } from './stats-filter.ts';
import { STEP_MS, type Piece, type Span, type StatsRange } from './stats-range.ts';

/** What is asked for. */
export interface StatsQuestion {
  readonly range: StatsRange;
  readonly conditions: readonly StatsCondition[];
  readonly groupBy: readonly StatsColumn[];
}

/** Exchanges that were counted together. Columns that were not grouped by are undefined. */
export interface StatsGroup extends Partial<Record<Exclude<StatsColumn, 'status_class'>, string>> {
  readonly status_class?: number;
  /** When the bucket begins, in Unix milliseconds, by the clock in UTC; undefined when there is one bucket. */
  readonly bucketStart: number | undefined;
  readonly count: number;
  readonly errors: number;
  readonly requestBytes: bigint;
  readonly responseBytes: bigint;
  /** In microseconds; undefined when nothing is known of latencies. */
  readonly p50: number | undefined;
  readonly p90: number | undefined;
  readonly p99: number | undefined;
}

/** The groups that were found, the largest first. */
export interface StatsAnswer {
  readonly groups: readonly StatsGroup[];
  /** Whether there are more. */
  readonly truncated: boolean;
}

/** How many groups one answer has at most. */
export const MOST_GROUPS = 1_000;

interface GroupRow extends Partial<Record<Exclude<StatsColumn, 'status_class'>, string>> {
  readonly status_class?: number;
  readonly bucket?: string;
  readonly count: string;
  readonly errors: string;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly latencies: Buffer;
}

/**
 * Reads what has been counted: rollups and what ingest has counted since, in one statement and so as of one moment.
 */
export async function readStats(db: Database, question: StatsQuestion): Promise<StatsAnswer> {
  if (question.conditions.some(({ values }) => values.length === 0)) return { groups: [], truncated: false };
  const { rows } = await statsQuery(question).execute(db);
  return {
    groups: rows.slice(0, MOST_GROUPS).map(toGroup),
    truncated: rows.length > MOST_GROUPS,
  };
}

/** Sums are formed by the number of the series first: numbers are cheaper to group by than six texts. */
function statsQuery({ range, conditions, groupBy }: StatsQuestion): RawBuilder<GroupRow> {
  const buckets = range.bucketMs === undefined ? [] : [sql.ref('bucket')];
  const keys = [...buckets, ...groupBy.map((column) => sql.ref(column))];
  const bucketOf = (time: RawBuilder<unknown>): RawBuilder<unknown> =>
    range.bucketMs === undefined
      ? sql`NULL::timestamptz`
      : sql`date_bin(make_interval(secs => ${range.bucketMs / 1_000}), ${time}, 'epoch')`;
  const where = conditions.map(({ column, values }) =>
    column === 'status_class'
      ? sql`${sql.ref(column)} = ANY (${values}::int2[])`
      : sql`${sql.ref(column)} = ANY (${values}::text[])`,
  );
  const matching =
    where.length === 0
      ? sql``
      : sql`WHERE series_id = ANY (ARRAY(SELECT series_id FROM culvert.http_series WHERE ${sql.join(where, sql` AND `)}))`;
  const steps = sql.join(range.pieces.map(stepsOf), sql` UNION ALL `);
  // Without a column of theirs there is no need to know which series they were.
  const needsSeries = groupBy.length > 0;
  const seriesKey = needsSeries ? sql`series_id, ` : sql``;
  const rolled = sql`SELECT ${bucketOf(sql.ref('at'))} AS bucket, ${seriesKey}${
    isOneStep(range) ? MEASURES : SUMS
  } FROM (${steps}) AS step ${matching} ${isOneStep(range) ? sql`` : sql`GROUP BY ${seriesKey}bucket`}`;
  const columns = sql.join(
    groupBy.map((column) => sql`${sql.ref(column)}, `),
    sql``,
  );
  return sql<GroupRow>`
    SELECT ${sql.join([...keys, SUMS])} FROM (
      SELECT bucket, ${columns}${MEASURES} FROM (${rolled}) AS rolled
      ${needsSeries ? sql`JOIN culvert.http_series USING (series_id)` : sql``}
      UNION ALL
      SELECT ${bucketOf(sql.ref('minute'))}, ${columns}${MEASURES} FROM culvert.http_rollup_deltas
      WHERE ${sql.join([...where, ...inSpan('minute', range.all)], sql` AND `)}
    ) AS counted
    ${keys.length === 0 ? sql`` : sql`GROUP BY ${sql.join(keys)}`} HAVING sum(count) > 0
    ORDER BY ${sql.join([sql`count DESC`, ...keys])} LIMIT ${sql.lit(MOST_GROUPS + 1)}`;
}

/** Whether each bucket holds one step, so that there is one row of a series in it already. */
function isOneStep({ bucketMs, pieces }: StatsRange): boolean {
  return pieces.every(({ step }) => STEP_MS[step] === bucketMs);
}

const MEASURES = sql`count, errors, request_bytes, response_bytes, latencies`;
const SUMS = sql`sum(count)::int8 AS count, sum(errors)::int8 AS errors, sum(request_bytes) AS request_bytes,
  sum(response_bytes) AS response_bytes, string_agg(latencies, '') AS latencies`;

function stepsOf(piece: Piece): RawBuilder<unknown> {
  const table = sql.table(`culvert.http_rollups_${piece.step}`);
  return sql`SELECT at, series_id, ${MEASURES} FROM ${table} WHERE ${sql.join(inSpan('at', piece), sql` AND `)}`;
}

function inSpan(column: string, { from, to }: Span): RawBuilder<unknown>[] {
  return [sql`${sql.ref(column)} >= ${new Date(from)}`, sql`${sql.ref(column)} < ${new Date(to)}`];
}

const SCRATCH = createHistogram();

function toGroup(row: GroupRow): StatsGroup {
  const { bucket, count, errors, request_bytes, response_bytes, latencies, ...columns } = row;
  const histogram = SCRATCH.fill(0);
  addEncoded(histogram, latencies);
  return {
    ...columns,
    bucketStart: bucket === undefined ? undefined : new Date(bucket).getTime(),
    count: Number(count),
    errors: Number(errors),
    requestBytes: BigInt(Math.round(request_bytes)),
    responseBytes: BigInt(Math.round(response_bytes)),
    p50: quantile(histogram, 0.5),
    p90: quantile(histogram, 0.9),
    p99: quantile(histogram, 0.99),
  };
}
