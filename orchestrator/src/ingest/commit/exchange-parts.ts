import type pg from 'pg';
import { copyIn } from '../../store/copy-in.ts';
import type { CopyBuffer } from '../../store/copy-buffer.ts';
import type { BatchPlan, ExchangePart } from '../plan.ts';
import { COPY_PARTS, CREATE_PARTS, FOREIGN_PARTS, PARTS_TABLE, UPSERT_PARTS } from '../rows/exchange-row.ts';
import { mergeRows } from '../rows/merge-rows.ts';
import type { UpsertedRow } from './tally-rows.ts';

/** A part with the batch that it came in. */
export interface SourcedPart {
  readonly plan: BatchPlan;
  readonly part: ExchangePart;
}

/** The parts of one exchange from one agent, which become one row together. */
export type PartGroup = readonly SourcedPart[];

/** What an upsert did. */
export interface Upserted {
  /** The groups whose rows belong to another agent; these rows are untouched. */
  readonly foreign: readonly PartGroup[];
  /** The rows that are to be counted, or otherwise than before. */
  readonly counted: readonly UpsertedRow[];
}

/**
 * Groups parts by exchange and agent. One upsert can touch a row only once, so where two agents speak of the same
 * id, their groups go to different rounds.
 *
 * @returns rounds, to be written one after the other; nearly always one
 */
export function groupParts(plans: readonly BatchPlan[]): PartGroup[][] {
  const byExchange = new Map<string, Map<string, SourcedPart[]>>();
  for (const plan of plans) {
    for (const part of plan.parts) {
      const agents = byExchange.get(part.requestId) ?? new Map<string, SourcedPart[]>();
      byExchange.set(part.requestId, agents);
      const group = agents.get(plan.batch.key.agentId);
      if (group === undefined) agents.set(plan.batch.key.agentId, [{ plan, part }]);
      else group.push({ plan, part });
    }
  }
  const rounds: PartGroup[][] = [];
  for (const agents of byExchange.values()) {
    let round = 0;
    for (const group of agents.values()) (rounds[round++] ??= []).push(group);
  }
  return rounds;
}

/** Takes a group of several parts apart, to find the one that Postgres refuses. */
export function divideGroup(group: PartGroup): readonly [PartGroup, PartGroup] | undefined {
  return group.length > 1 ? [group.slice(0, 1), group.slice(1)] : undefined;
}

/** Makes the table that {@link upsertParts} goes through, if this session has none yet. */
export async function preparePartsTable(client: pg.ClientBase): Promise<void> {
  await client.query(CREATE_PARTS);
}

/**
 * Writes groups to their rows, each as one.
 *
 * @param parts holds the rows of the parts
 */
export async function upsertParts(
  client: pg.ClientBase,
  parts: CopyBuffer,
  groups: readonly PartGroup[],
): Promise<Upserted> {
  const rows = groups.map((group) => mergeRows(group.map(({ part }) => parts.slice(part.start, part.end))));
  await copyIn(client, COPY_PARTS, [Buffer.concat(rows)]);
  const result = await client.query<{ count: number } & (UpsertedRow | { request_id: null })>(UPSERT_PARTS);
  const counted = result.rows.filter((row) => row.request_id !== null);
  if (result.rows[0]?.count === groups.length) return { foreign: [], counted };
  const foreign = await client.query<{ request_id: string }>(FOREIGN_PARTS);
  const ids = new Set(foreign.rows.map((row) => row.request_id));
  return { foreign: groups.filter((group) => ids.has(group[0]?.part.requestId ?? '')), counted };
}

/** Empties the table that {@link upsertParts} goes through; a commit does so by itself. */
export async function clearParts(client: pg.ClientBase): Promise<void> {
  await client.query(`DELETE FROM ${PARTS_TABLE}`);
}
