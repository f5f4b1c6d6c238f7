import type pg from 'pg';
import { loadCatalog, seriesKey, seriesOf, type Catalog } from './catalog.ts';
import type { Series } from './group.ts';
import { hoursKeptSince, minutesKeptSince, type RollupLimits } from './limits.ts';
import { addSteps, createStepDeltas } from './steps.ts';

/** How many deltas one compaction moves at most. */
export const MOST_DELTAS = 20_000;
const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3_600;
const SIX_HOURS_SECONDS = 6 * HOUR_SECONDS;

const TAKE = `WITH taken AS (
    DELETE FROM culvert.http_rollup_deltas
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM culvert.http_rollup_deltas LIMIT ${MOST_DELTAS})) RETURNING *)
  SELECT extract(epoch FROM minute)::int8 AS minute, cluster, namespace, workload, method, path_template, status_class,
    count(*)::int4 AS deltas, sum(count)::int8 AS count, sum(errors)::int8 AS errors,
    sum(request_bytes) AS request_bytes, sum(response_bytes) AS response_bytes,
    string_agg(latencies, '') AS latencies
  FROM taken GROUP BY minute, cluster, namespace, workload, method, path_template, status_class`;

interface TakenRow {
  readonly minute: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly method: string;
  readonly path_template: string;
  readonly status_class: number;
  readonly deltas: number;
  readonly count: string;
  readonly errors: string;
  readonly request_bytes: number;
  readonly response_bytes: number;
  readonly latencies: Buffer;
}

/** What one compaction did. */
export interface Compacted {
  readonly deltas: number;
  readonly folds: number;
  /** How many of the deltas are counted with those of others, because their namespaces have too many workloads. */
  readonly crowdingDeltas: number;
  /** These namespaces, as `cluster/namespace`. */
  readonly crowded: ReadonlySet<string>;
  /** Holds from now on. */
  readonly catalog: Catalog;
}

/**
 * Moves deltas to minutes, hours and six hours, in one transaction. Nobody else may do so meanwhile.
 *
 * @param catalog as the database has it
 * @param now Unix time in milliseconds
 * @throws whatever Postgres says; then nothing has changed, but the catalog has to be loaded anew
 */
export async function compact(
  client: pg.ClientBase,
  catalog: Catalog,
  limits: RollupLimits,
  now: number,
): Promise<Compacted> {
  await client.query('BEGIN');
  try {
    const compacted = await move(client, catalog, limits, now);
    await client.query('COMMIT');
    return compacted;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function move(
  client: pg.ClientBase,
  known: Catalog,
  limits: RollupLimits,
  now: number,
): Promise<Compacted> {
  const { rows } = await client.query<TakenRow>(TAKE);
  const coming = rows.map((row) => {
    const series = seriesOf(row);
    return { ...series, ...known.owner(series) };
  });
  const learned = await known.learn(client, coming);
  const catalog = learned.length === 0 ? known : await loadCatalog(client);
  const places = coming.map((series) => ({
    ...series,
    pathTemplate: catalog.template(series, series.pathTemplate),
  }));
  const unknown = new Map(
    places.filter((series) => catalog.id(series) === undefined).map((series) => [seriesKey(series), series]),
  );
  if (unknown.size > 0) await catalog.insert(client, [...unknown.values()]);

  const minutes = createStepDeltas(MINUTE_SECONDS);
  const hours = createStepDeltas(HOUR_SECONDS);
  const sixHours = createStepDeltas(SIX_HOURS_SECONDS);
  for (const [i, row] of rows.entries()) {
    const id = catalog.id(places[i] as Series) as number;
    const minute = Number(row.minute);
    const measures = {
      count: Number(row.count),
      errors: Number(row.errors),
      requestBytes: row.request_bytes,
      responseBytes: row.response_bytes,
    };
    if (minute * 1_000 >= minutesKeptSince(limits, now)) minutes.add(minute, id, measures, row.latencies);
    if (minute * 1_000 < hoursKeptSince(limits, now)) continue;
    hours.add(minute, id, measures, row.latencies);
    sixHours.add(minute, id, measures, row.latencies);
  }
  await addSteps(client, 'culvert.http_rollups_minute', minutes.all());
  await addSteps(client, 'culvert.http_rollups_hour', hours.all());
  await addSteps(client, 'culvert.http_rollups_six_hours', sixHours.all());
  const crowding = rows.filter((row, i) => coming[i]?.workload !== row.workload);
  return {
    deltas: countOf(rows),
    folds: learned.length,
    crowdingDeltas: countOf(crowding),
    crowded: new Set(crowding.map(({ cluster, namespace }) => `${cluster}/${namespace}`)),
    catalog,
  };
}

function countOf(rows: readonly TakenRow[]): number {
  return rows.reduce((sum, row) => sum + row.deltas, 0);
}
