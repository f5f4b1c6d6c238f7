import type pg from 'pg';
import { isGone, silentSince } from '../agent-owners.ts';
import type { ReadHeartbeat } from './read-heartbeat.ts';

// The newest heartbeat says who the agent is and which boot is the current one, in whatever order they come.
const UPSERT_AGENTS = `INSERT INTO culvert.agents AS agent
    (agent_id, boot_id, cluster, namespace, workload, pod, node, role, version, config_revision, capabilities,
     first_seen, last_seen)
  SELECT DISTINCT ON (agent_id) agent_id, boot_id, cluster, namespace, workload, pod, node, role, version,
    config_revision, capabilities, at, at
  FROM jsonb_to_recordset($1) AS row (agent_id text, boot_id uuid, cluster text, namespace text, workload text,
    pod text, node text, role text, version text, config_revision text, capabilities text[], at timestamptz)
  ORDER BY agent_id, at DESC
  ON CONFLICT (agent_id) DO UPDATE SET
    boot_id = excluded.boot_id, cluster = excluded.cluster, namespace = excluded.namespace,
    workload = excluded.workload, pod = excluded.pod, node = excluded.node, role = excluded.role,
    version = excluded.version, config_revision = excluded.config_revision, capabilities = excluded.capabilities,
    last_seen = excluded.last_seen
  WHERE excluded.last_seen >= agent.last_seen AND (${isGone('agent', '$2')}
    OR (agent.cluster, agent.namespace) = (excluded.cluster, excluded.namespace))`;

/**
 * Notes who the agents are and that they live. An id belongs to one namespace at a time.
 *
 * @param now Unix time in milliseconds
 */
export async function upsertAgents(
  client: pg.ClientBase,
  heartbeats: readonly ReadHeartbeat[],
  now: number,
): Promise<void> {
  const rows = heartbeats.map(({ message, owner, bootId, at }) => ({
    agent_id: owner.agentId,
    boot_id: bootId,
    cluster: owner.cluster,
    namespace: owner.namespace,
    workload: message.identity?.workload ?? '',
    pod: message.identity?.pod ?? '',
    node: message.identity?.node ?? '',
    role: message.identity?.role ?? '',
    version: message.identity?.version ?? '',
    config_revision: message.configRevision === '' ? null : message.configRevision,
    capabilities: message.capabilities,
    at: new Date(at).toISOString(),
  }));
  await client.query(UPSERT_AGENTS, [JSON.stringify(rows), silentSince(now)]);
}
