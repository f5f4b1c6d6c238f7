import type pg from 'pg';
import type { SubjectOwner } from '@culvert/traffic/subject';
import { clean } from './decode/delivery.ts';

/**
 * An agent's id belongs to the namespace that used it first, because books, batch keys and rows are kept by it: another
 * namespace that used the same id could fill the agent's books, discard its batches as repeated ones, and write into its
 * exchanges. So that an agent can move, an id is free once its agent has said goodbye, or was not heard for this long;
 * in milliseconds. Ingest may have been away for hours without an agent having been silent.
 */
const SILENT_AFTER_MS = 24 * 3_600_000;

/** Whose ids they are, as the table of agents says. */
export interface AgentOwners {
  /** Whether nobody has the id, or somebody else who does not use it any more. */
  isFree(claim: SubjectOwner): boolean;
  /** What is wrong with the use of an id, a sentence; undefined when nothing is. */
  fault(claim: SubjectOwner): string | undefined;
}

interface Row {
  readonly agent_id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly gone: boolean;
}

/**
 * The condition that an agent is gone.
 *
 * @param agent the name that the statement gives a row of agents
 * @param since the parameter that takes {@link silentSince}
 */
export function isGone(agent: string, since: string): string {
  return `(${agent}.last_seen < ${since} OR EXISTS (SELECT FROM culvert.agent_books AS boot
    WHERE boot.agent_id = ${agent}.agent_id AND boot.boot_id = ${agent}.boot_id AND boot.closing))`;
}

/** An agent that was last heard before is gone; Unix time in milliseconds, as `now` is. */
export function silentSince(now: number): Date {
  return new Date(now - SILENT_AFTER_MS);
}

const READ_OWNERS = `SELECT agent_id, cluster, namespace, ${isGone('agent', '$2')} AS gone
  FROM culvert.agents AS agent WHERE agent_id = any($1::text[])`;

/**
 * Reads who has the ids that some agents use.
 *
 * @param now Unix time in milliseconds
 */
export async function readAgentOwners(
  client: pg.ClientBase,
  claims: readonly SubjectOwner[],
  now: number,
): Promise<AgentOwners> {
  const ids = [...new Set(claims.map(({ agentId }) => clean(agentId)))];
  const { rows } =
    ids.length === 0 ? { rows: [] } : await client.query<Row>(READ_OWNERS, [ids, silentSince(now)]);
  const owners = new Map(rows.map((row) => [row.agent_id, row]));
  const other = ({ agentId, cluster, namespace }: SubjectOwner): Row | undefined => {
    const owner = owners.get(agentId);
    return owner?.cluster === cluster && owner.namespace === namespace ? undefined : owner;
  };
  return {
    isFree: (claim) => !owners.has(claim.agentId) || other(claim)?.gone === true,
    fault(claim) {
      const owner = other(claim);
      return (
        owner &&
        `agent ${clean(claim.agentId)} belongs to namespace ${owner.namespace} of cluster ${owner.cluster} and not to ${clean(claim.namespace)} of ${clean(claim.cluster)}: give one of them another CULVERT_AGENT_ID, or stop the other one in order`
      );
    },
  };
}
