import { sql } from 'kysely';
import { Direction } from '@culvert/proto';
import { isUuid } from '@culvert/traffic/request-id';
import type { AnswerBudget } from './answer-budget.ts';
import { asksForStored } from './body-state.ts';
import type { StoredChunk } from './body-text.ts';
import type { QueryContext } from './context.ts';
import type { Database } from './database.ts';
import { agentsOfOpenExchanges } from './exchange-agents.ts';
import type { ReadPlan, Side } from './read-plan.ts';
import type { Transaction, TransactionRow } from './transaction.ts';

const DIRECTIONS: Readonly<Record<Side, number>> = {
  request: Direction.DIRECTION_REQUEST,
  response: Direction.DIRECTION_RESPONSE,
};

type ReadContext = Pick<QueryContext, 'database' | 'answer'>;

/** Reads one exchange; undefined when the id is unknown or no UUID. */
export async function readOne(
  context: ReadContext,
  plan: ReadPlan,
  id: string,
  now: number,
): Promise<Transaction | undefined> {
  const requestId = id.toLowerCase();
  if (!isUuid(requestId)) return undefined;
  const rows = await context.database
    .selectFrom('culvert.http_transactions')
    .select(plan.columns)
    .where('request_id', '=', requestId)
    .execute();
  return (await completeRows(context, plan, rows, now))[0];
}

/** Reads what does not stand in the rows themselves, each by one statement for all rows. */
export async function completeRows(
  { database: db, answer }: ReadContext,
  plan: ReadPlan,
  rows: readonly TransactionRow[],
  now: number,
): Promise<Transaction[]> {
  if (rows.length === 0) return [];
  const agents = plan.agents ? await agentsOfOpenExchanges(db, rows) : undefined;
  const shortBodies = await forSides(plan.bodySizes, (side) => readShortBodies(db, rows, side));
  const chunks = await forSides(plan.bodies, (side) => readChunks(db, answer, rows, side));
  return rows.map((row) => ({
    row,
    now,
    agent: agents?.get(row.agent_id ?? ''),
    shortBodies: ofRow(shortBodies, row),
    chunks: ofRow(chunks, row),
  }));
}

type BySide<T> = Partial<Record<Side, ReadonlyMap<string, T>>>;

async function forSides<T>(
  sides: ReadonlySet<Side>,
  read: (side: Side) => Promise<ReadonlyMap<string, T>>,
): Promise<BySide<T>> {
  const found: BySide<T> = {};
  for (const side of sides) found[side] = await read(side);
  return found;
}

const NOTHING = Object.freeze({});

function ofRow<T>(found: BySide<T>, row: TransactionRow): Partial<Record<Side, T>> {
  if ((found.request?.size ?? 0) === 0 && (found.response?.size ?? 0) === 0) return NOTHING;
  const request = found.request?.get(keyOf(row));
  const response = found.response?.get(keyOf(row));
  return { ...(request !== undefined && { request }), ...(response !== undefined && { response }) };
}

/** An agent can write chunks under any id, so a chunk counts only for the exchange of the same agent. */
function keyOf(row: { request_id: string; agent_id?: string }): string {
  return `${row.request_id} ${row.agent_id ?? ''}`;
}

/** The ids stand in the statement as parameters, so that Postgres leaves out the partitions that hold none. */
function bodiesOf(db: Database, rows: readonly TransactionRow[], side: Side) {
  const ids = rows.map((row) => row.request_id);
  const agents = [...new Set(rows.map((row) => row.agent_id ?? ''))];
  return db
    .selectFrom('culvert.http_bodies')
    .where('request_id', '=', sql<string>`any(${ids}::uuid[])`)
    .where('agent_id', '=', sql<string>`any(${agents}::text[])`)
    .where('direction', '=', DIRECTIONS[side]);
}

/** Most bodies are there as a whole, so that there is nothing to send: only the others are told, with what is there. */
async function readShortBodies(
  db: Database,
  rows: readonly TransactionRow[],
  side: Side,
): Promise<ReadonlyMap<string, number>> {
  const some = rows.filter((row) => isCounted(row, side));
  if (some.length === 0) return new Map();
  const ids = some.map((row) => row.request_id);
  const agents = some.map((row) => row.agent_id ?? '');
  const captured = some.map((row) => row[`${side}_captured_bytes`] ?? '0');
  const stored = bodiesOf(db, some, side)
    .select(['request_id', 'agent_id', sql<string>`sum(chunk_bytes)`.as('stored')])
    .groupBy(['request_id', 'agent_id']);
  const { rows: short } = await sql<{ request_id: string; agent_id: string; stored: string }>`
    SELECT request_id, agent_id, coalesce(stored, 0) AS stored
    FROM unnest(${ids}::uuid[], ${agents}::text[], ${captured}::int8[]) AS wanted (request_id, agent_id, captured)
      LEFT JOIN ${stored} AS found USING (request_id, agent_id)
    WHERE stored IS NULL OR stored < captured`.execute(db);
  return new Map(short.map((body) => [keyOf(body), Number(body.stored)]));
}

async function readChunks(
  db: Database,
  answer: AnswerBudget,
  rows: readonly TransactionRow[],
  side: Side,
): Promise<ReadonlyMap<string, StoredChunk[]>> {
  const some = rows.filter((row) => !isEmpty(row, side));
  if (some.length === 0) return new Map();
  const { chunks } = await answer.read(some.length > 1, (allowed) => readWithin(db, some, side, allowed));
  const found = new Map<string, StoredChunk[]>();
  for (const { chunk_offset, encoding, data, ...owner } of chunks) {
    if (data === null) break;
    const list = found.get(keyOf(owner)) ?? [];
    found.set(keyOf(owner), list);
    list.push({ offset: Number(chunk_offset), encoding, data });
  }
  return found;
}

/** What goes beyond the allowed bytes stays in Postgres; how much all would have been is told with the rest. */
async function readWithin(db: Database, rows: readonly TransactionRow[], side: Side, allowed: number) {
  const upToHere = sql<string>`sum(chunk_bytes) over (order by request_id, chunk_offset)`;
  const chunks = await bodiesOf(db, rows, side)
    .select(['request_id', 'agent_id', 'chunk_offset', 'encoding', upToHere.as('up_to_here')])
    .select(sql<Buffer | null>`case when ${upToHere} <= ${allowed}::int8 then data end`.as('data'))
    .orderBy('request_id')
    .orderBy('chunk_offset')
    .execute();
  return { chunks, bytes: Number(chunks.at(-1)?.up_to_here ?? 0) };
}

/** Exchanges that go on, or of which nothing was captured, are as they are whatever is stored. */
function isCounted(row: TransactionRow, side: Side): boolean {
  return asksForStored({
    ended: (row.outcome ?? 0) !== 0,
    totalBytes: Number(row[`${side}_body_bytes`] ?? 0),
    capturedBytes: Number(row[`${side}_captured_bytes`] ?? 0),
  });
}

/** A body of which nothing passed has no chunks, and many requests have none. */
function isEmpty(row: TransactionRow, side: Side): boolean {
  return row[`${side}_body_bytes`] === '0';
}
