import type pg from 'pg';
import { hoursKeptSince, minutesKeptSince, type RollupLimits } from './limits.ts';

/**
 * Drops minutes, hours and six hours that are too old, then the series that nothing is counted under any more, and
 * what was learned of owners that have none.
 *
 * @param now Unix time in milliseconds
 * @returns how many series were dropped
 */
export async function expireRollups(
  client: pg.ClientBase,
  limits: RollupLimits,
  now: number,
): Promise<number> {
  await client.query('DELETE FROM culvert.http_rollups_minute WHERE at < $1', [
    new Date(minutesKeptSince(limits, now)),
  ]);
  for (const table of ['culvert.http_rollups_hour', 'culvert.http_rollups_six_hours'])
    await client.query(`DELETE FROM ${table} WHERE at < $1`, [new Date(hoursKeptSince(limits, now))]);
  const dropped = await client.query(
    `DELETE FROM culvert.http_series AS series WHERE NOT EXISTS (
       SELECT FROM culvert.http_rollups_hour AS hour WHERE hour.series_id = series.series_id)`,
  );
  await client.query(
    `DELETE FROM culvert.http_path_folds AS fold WHERE NOT EXISTS (
       SELECT FROM culvert.http_series AS series
       WHERE (series.cluster, series.namespace, series.workload) = (fold.cluster, fold.namespace, fold.workload))`,
  );
  return dropped.rowCount ?? 0;
}
