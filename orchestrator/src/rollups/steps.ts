import type pg from 'pg';
import { joinLatencies } from './delta.ts';

/** What is added to a series in one step of time: a minute, an hour or six. */
export interface StepDelta {
  /** Where the step begins, in seconds since 1970. */
  readonly at: number;
  readonly seriesId: number;
  count: number;
  errors: number;
  requestBytes: number;
  responseBytes: number;
  /** Encoded, to be joined. */
  readonly latencies: Buffer[];
}

/** The deltas of a step, gathered. */
export interface StepDeltas {
  /** Adds what was counted at a time, in seconds since 1970. */
  add(
    at: number,
    seriesId: number,
    measures: Omit<StepDelta, 'at' | 'seriesId' | 'latencies'>,
    latencies: Buffer,
  ): void;
  all(): readonly StepDelta[];
}

/** @param seconds how long a step is */
export function createStepDeltas(seconds: number): StepDeltas {
  const deltas = new Map<string, StepDelta>();
  return {
    add(time, seriesId, measures, latencies) {
      const at = Math.floor(time / seconds) * seconds;
      const key = `${at}/${seriesId}`;
      const known = deltas.get(key);
      if (known === undefined) {
        deltas.set(key, { at, seriesId, ...measures, latencies: [latencies] });
        return;
      }
      known.count += measures.count;
      known.errors += measures.errors;
      known.requestBytes += measures.requestBytes;
      known.responseBytes += measures.responseBytes;
      known.latencies.push(latencies);
    },
    all: () => [...deltas.values()],
  };
}

/**
 * Adds deltas to a table of rollups. Nobody else may write to it meanwhile.
 *
 * @param table `culvert.http_rollups_minute`, `…_hour` or `…_six_hours`
 */
export async function addSteps(
  client: pg.ClientBase,
  table: string,
  deltas: readonly StepDelta[],
): Promise<void> {
  if (deltas.length === 0) return;
  const times = deltas.map((delta) => delta.at);
  const ids = deltas.map((delta) => delta.seriesId);
  const stored = await client.query<{ key: string; latencies: Buffer }>(
    `SELECT extract(epoch FROM at)::int8 || '/' || series_id AS key, latencies FROM ${table}
     WHERE (at, series_id) IN (SELECT to_timestamp(at), id FROM unnest($1::int8[], $2::int4[]) AS step (at, id))`,
    [times, ids],
  );
  const before = new Map(stored.rows.map((row) => [row.key, row.latencies]));
  await client.query(
    `INSERT INTO ${table} AS stored (at, series_id, count, errors, request_bytes, response_bytes, latencies)
     SELECT to_timestamp(at), id, count, errors, request_bytes, response_bytes, latencies
     FROM unnest($1::int8[], $2::int4[], $3::int8[], $4::int8[], $5::float8[], $6::float8[], $7::bytea[])
       AS step (at, id, count, errors, request_bytes, response_bytes, latencies)
     ON CONFLICT (at, series_id) DO UPDATE SET
       count = stored.count + excluded.count,
       errors = stored.errors + excluded.errors,
       request_bytes = stored.request_bytes + excluded.request_bytes,
       response_bytes = stored.response_bytes + excluded.response_bytes,
       latencies = excluded.latencies`,
    [
      times,
      ids,
      deltas.map((delta) => delta.count),
      deltas.map((delta) => delta.errors),
      deltas.map((delta) => delta.requestBytes),
      deltas.map((delta) => delta.responseBytes),
      deltas.map(({ at, seriesId, latencies }) => {
        const known = before.get(`${at}/${seriesId}`);
        return joinLatencies(known === undefined ? latencies : [known, ...latencies]);
      }),
    ],
  );
}
