import { sql, type Selectable } from 'kysely';
import { GONE_AFTER_MS, SILENT_AFTER_MS } from './exchange-state.ts';
import type { Database } from './database.ts';
import type { AgentColumns } from './tables.ts';

export const AGENT_STATES = ['CONNECTED', 'SILENT', 'GONE'] as const;
export type AgentState = (typeof AGENT_STATES)[number];

/** Which agents are asked for; what is undefined doesn't narrow. */
export interface AgentFilter {
  readonly states: readonly AgentState[] | undefined;
  readonly namespaces: readonly string[] | undefined;
}

/** An agent as its newest heartbeat told. */
export interface Agent {
  readonly row: Selectable<AgentColumns>;
  readonly state: AgentState;
}

/**
 * Reads agents, ordered by where they run.
 *
 * @param now Unix time in milliseconds
 */
export async function readAgents(db: Database, filter: AgentFilter, now: number): Promise<Agent[]> {
  let query = db
    .selectFrom('culvert.agents')
    .select([
      'agent_id',
      'boot_id',
      'cluster',
      'namespace',
      'workload',
      'pod',
      'node',
      'role',
      'version',
      'config_revision',
      'last_seen',
    ])
    .orderBy('cluster')
    .orderBy('namespace')
    .orderBy('workload')
    .orderBy('pod')
    .orderBy('agent_id');
  if (filter.namespaces !== undefined) {
    // Postgres would refuse a text with NUL; no namespace has one.
    const namespaces = filter.namespaces.filter((namespace) => !namespace.includes('\0'));
    query = query.where('namespace', '=', sql<string>`any(${namespaces}::text[])`);
  }
  const agents = (await query.execute()).map((row) => ({
    row,
    state: agentState(row.last_seen.getTime(), now),
  }));
  return agents.filter((agent) => filter.states?.includes(agent.state) ?? true);
}

/** How long ago an agent's last heartbeat was made, by its own clock, decides. Unix times in milliseconds. */
export function agentState(lastSeen: number, now: number): AgentState {
  const age = now - lastSeen;
  if (age < SILENT_AFTER_MS) return 'CONNECTED';
  return age < GONE_AFTER_MS ? 'SILENT' : 'GONE';
}
