import { sql } from 'kysely';
import type { Database } from './database.ts';
import type { TransactionRow } from './transaction.ts';

/** What an agent's newest heartbeat told. */
export interface AgentSign {
  readonly bootId: string;
  /** By the agent's clock, Unix time in milliseconds. */
  readonly lastSeen: number;
}

/** Reads, by one statement and only if some exchange has no end yet, the agents of those that have none. */
export async function agentsOfOpenExchanges(
  db: Database,
  rows: readonly TransactionRow[],
): Promise<ReadonlyMap<string, AgentSign>> {
  const open = rows.filter((row) => (row.outcome ?? 0) === 0).map((row) => row.agent_id ?? '');
  if (open.length === 0) return new Map();
  const agents = await db
    .selectFrom('culvert.agents')
    .select(['agent_id', 'boot_id', 'last_seen'])
    .where('agent_id', '=', sql<string>`any(${[...new Set(open)]}::text[])`)
    .execute();
  return new Map(
    agents.map((agent) => [agent.agent_id, { bootId: agent.boot_id, lastSeen: agent.last_seen.getTime() }]),
  );
}
