import { PATHS } from './spread.ts';

/**
 * SQL that counts exchanges that are there already, as ingest counts those that it stores: by series, in minutes and
 * hours, with latencies as sparse exponential histograms.
 */

const METHODS_COUNTED_APART = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
];

/** A placeholder of the data set's paths stands for what the product folds under the same name. */
const TEMPLATE = `CASE ${PATHS.toSorted((a, b) => literal(b) - literal(a))
  .map((path) => {
    const inNamespace = (text: string): string => text.replace('{noun}', `' || namespace || '`);
    const pattern = inNamespace(path.replaceAll(/\{number\}|\{uuid\}/g, '%'));
    return `WHEN path LIKE '${pattern}%' THEN '${inNamespace(path.split('?')[0] ?? '')}'`;
  })
  .join(' ')} END`;

const COUNTED = `SELECT request_id, started_at, cluster, namespace, workload,
    CASE WHEN method IN (${METHODS_COUNTED_APART.map((method) => `'${method}'`).join(', ')}) THEN method ELSE '_OTHER' END
      AS method,
    ${TEMPLATE} AS path_template, coalesce(status / 100, 0)::int2 AS status_class, outcome, request_body_bytes,
    response_body_bytes, 1 + ceil(ln(duration_us::float8) / ln(2::float8) * 8 - 1e-9)::int AS bucket
  FROM culvert.http_transactions WHERE outcome IS NOT NULL`;
const KEYS = 'cluster, namespace, workload, method, path_template, status_class';

/** Numbers below 2^21 as the histograms write them. */
export const CREATE_VARINT = `CREATE FUNCTION bench.varint(number int8) RETURNS bytea IMMUTABLE
  RETURN CASE
    WHEN number < 128 THEN decode(lpad(to_hex(number), 2, '0'), 'hex')
    WHEN number < 16384 THEN decode(lpad(to_hex((number & 127 | 128) << 8 | number >> 7), 4, '0'), 'hex')
    ELSE decode(lpad(to_hex((number & 127 | 128) << 16 | (number >> 7 & 127 | 128) << 8 | number >> 14), 6, '0'), 'hex')
  END`;

/** Gives every series its number. */
export const INSERT_SERIES = `INSERT INTO culvert.http_series (${KEYS})
  SELECT DISTINCT ${KEYS} FROM (${COUNTED}) AS counted`;

/**
 * Counts the exchanges between two ids.
 *
 * @param step whose table is filled
 */
export function insertRollups(step: 'minute' | 'hour'): string {
  return `WITH buckets AS (
      SELECT date_trunc('${step}', started_at, 'UTC') AS at, series_id, bucket, count(*) AS count,
        count(*) FILTER (WHERE status_class IN (0, 5) OR outcome IN (2, 3)) AS errors,
        sum(request_body_bytes) AS request_bytes, sum(response_body_bytes) AS response_bytes
      FROM (${COUNTED} AND request_id >= $1 AND request_id < $2) AS counted
      JOIN culvert.http_series USING (${KEYS})
      GROUP BY 1, series_id, bucket
    )
    INSERT INTO culvert.http_rollups_${step} (at, series_id, count, errors, request_bytes, response_bytes, latencies)
    SELECT at, series_id, sum(count), sum(errors), sum(request_bytes), sum(response_bytes),
      string_agg(bench.varint(bucket) || bench.varint(count * 2), '' ORDER BY bucket)
    FROM buckets GROUP BY at, series_id ORDER BY at, series_id`;
}

/** How many characters of a path are the same each time. */
function literal(path: string): number {
  return path.replaceAll(/\{\w+\}/g, '').length;
}
