import type pg from 'pg';
import { isGone, silentSince } from '../agent-owners.ts';
import type { BatchPlan } from '../plan.ts';

const INSERT_AGENTS = `INSERT INTO culvert.agents AS known
    (agent_id, boot_id, cluster, namespace, workload, pod, node, role, version, first_seen, last_seen)
  SELECT *, seen FROM unnest($1::text[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
    $8::text[], $9::text[], $10::timestamptz[])
    AS agent (agent_id, boot_id, cluster, namespace, workload, pod, node, role, version, seen)
  ORDER BY agent_id
  ON CONFLICT (agent_id) DO UPDATE SET
    boot_id = excluded.boot_id, cluster = excluded.cluster, namespace = excluded.namespace,
    workload = excluded.workload, pod = excluded.pod, node = excluded.node, role = excluded.role,
    version = excluded.version, last_seen = excluded.last_seen
  WHERE ${isGone('known', '$11')} AND known.last_seen < excluded.last_seen
    AND (known.cluster, known.namespace) <> (excluded.cluster, excluded.namespace)`;

/**
 * Makes a row for agents that have none yet, because their batches may come before their first heartbeat, and gives
 * those that have moved to another namespace the row of the one that has been silent there.
 *
 * @param now Unix time in milliseconds
 */
export async function insertUnknownAgents(
  client: pg.ClientBase,
  plans: readonly BatchPlan[],
  now: number,
): Promise<void> {
  const agents = [...new Map(plans.map((plan) => [plan.batch.key.agentId, plan])).values()];
  const identities = agents.map((plan) => plan.batch.identity);
  await client.query(INSERT_AGENTS, [
    agents.map((plan) => plan.batch.key.agentId),
    agents.map((plan) => plan.batch.key.bootId),
    identities.map((identity) => identity.cluster),
    identities.map((identity) => identity.namespace),
    identities.map((identity) => identity.workload),
    identities.map((identity) => identity.pod),
    identities.map((identity) => identity.node),
    identities.map((identity) => identity.role),
    identities.map((identity) => identity.version),
    agents.map((plan) => new Date(plan.publishedAt)),
    silentSince(now),
  ]);
}
