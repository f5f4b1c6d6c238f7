import type pg from 'pg';
import { formatBatchKey } from '@culvert/traffic/batch-key';
import type { BatchPlan } from '../plan.ts';

// Sorted, so that two transactions with the same keys wait for each other in one order.
const INSERT_KEYS = `INSERT INTO culvert.ingest_batches
    (batch_day, agent_id, boot_id, kind, first_sequence, event_count, ingested_at)
  SELECT date '1970-01-01' + day, agent_id, boot_id, $6, first_sequence, event_count, $7
  FROM unnest($1::int4[], $2::text[], $3::uuid[], $4::int8[], $5::int4[])
    AS key (day, agent_id, boot_id, first_sequence, event_count)
  ORDER BY day, agent_id, boot_id, first_sequence, event_count
  ON CONFLICT DO NOTHING
  RETURNING agent_id, boot_id::text, first_sequence, event_count`;

interface KeyRow {
  readonly agent_id: string;
  readonly boot_id: string;
  readonly first_sequence: string;
  readonly event_count: number;
}

/**
 * Notes the keys of batches of one kind as ingested.
 *
 * @param now Unix time in milliseconds
 * @returns the batches whose keys were new; the others have been committed before
 */
export async function claimBatches(
  client: pg.ClientBase,
  kind: number,
  plans: readonly BatchPlan[],
  now: number,
): Promise<{ readonly fresh: readonly BatchPlan[]; readonly known: readonly BatchPlan[] }> {
  if (plans.length === 0) return { fresh: [], known: [] };
  const keys = plans.map((plan) => plan.batch.key);
  const result = await client.query<KeyRow>(INSERT_KEYS, [
    plans.map((plan) => plan.day),
    keys.map((key) => key.agentId),
    keys.map((key) => key.bootId),
    keys.map((key) => key.firstSequence),
    keys.map((key) => key.count),
    kind,
    new Date(now),
  ]);
  const claimed = new Set(result.rows.map((row) => formatRow(row, kind)));
  return {
    fresh: plans.filter((plan) => claimed.has(formatBatchKey(plan.batch.key))),
    known: plans.filter((plan) => !claimed.has(formatBatchKey(plan.batch.key))),
  };
}

function formatRow(row: KeyRow, kind: number): string {
  return formatBatchKey({
    agentId: row.agent_id,
    bootId: row.boot_id.replaceAll('-', ''),
    kind,
    firstSequence: Number(row.first_sequence),
    count: row.event_count,
  });
}
