import type pg from 'pg';
import { copyIn } from '../../store/copy-in.ts';
import { createCopyBuffer } from '../../store/copy-buffer.ts';
import { mergeColumns } from '../decode/exchange-columns.ts';
import type { BatchPlan, ExchangePart } from '../plan.ts';
import {
  COPY_PARTS,
  CREATE_PARTS,
  PARTS_TABLE,
  UPSERT_PARTS,
  writeExchangeRow,
} from '../rows/exchange-row.ts';

/** A part with the batch that it came in. */
export interface SourcedPart {
  readonly plan: BatchPlan;
  readonly part: ExchangePart;
}

/** The parts of one exchange from one agent, which become one row together. */
export type PartGroup = readonly SourcedPart[];

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
      const id = part.requestId.toString('latin1');
      const agents = byExchange.get(id) ?? new Map<string, SourcedPart[]>();
      byExchange.set(id, agents);
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
 * @returns the groups whose rows belong to another agent; these rows are untouched
 */
export async function upsertParts(client: pg.ClientBase, groups: readonly PartGroup[]): Promise<PartGroup[]> {
  const rows = createCopyBuffer();
  for (const group of groups) {
    const [first] = group;
    if (first === undefined) continue;
    const columns =
      group.length === 1 ? first.part.columns : mergeColumns(group.map(({ part }) => part.columns));
    writeExchangeRow(rows, first.part.requestId, first.plan.batchColumns, columns);
  }
  await copyIn(client, COPY_PARTS, [rows.slice(0, rows.position())]);
  const result = await client.query<{ request_id: string }>(UPSERT_PARTS);
  await client.query(`DELETE FROM ${PARTS_TABLE}`);
  if (result.rows.length === groups.length) return [];
  const written = new Set(result.rows.map((row) => row.request_id.replaceAll('-', '')));
  return groups.filter((group) => !written.has(group[0]?.part.requestId.toString('hex') ?? ''));
}
