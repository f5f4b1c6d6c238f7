import { sql } from 'kysely';
import { EventKind } from '@culvert/proto';
import { agentSubject } from '@culvert/traffic/subject';
import {
  hasEnded,
  needsOldestBatch,
  sumBooks,
  type AgentBooks,
  type CurrentBoot,
} from '../books/agent-books.ts';
import type { BootBooks } from '../books/boot.ts';
import type { BootBefore, StreamView } from '../books/stream-view.ts';
import type { Agent } from './agent-reader.ts';
import { bootBooks } from './boot-row.ts';
import type { Database } from './database.ts';
import type { StreamReader } from './stream-reader.ts';

/**
 * Reads the books of agents.
 *
 * In this order, because traffic flows meanwhile: what has been acknowledged to each boot, then what the stream holds,
 * then the books. What had been acknowledged and is not in the stream any more must then be in the books.
 *
 * @returns the books by agent id
 */
export async function readBooks(
  db: Database,
  stream: StreamReader,
  agents: readonly Agent[],
): Promise<ReadonlyMap<string, AgentBooks>> {
  if (agents.length === 0) return new Map();
  const ids = agents.map((agent) => agent.row.agent_id);
  const earlier = await readBoots(db, ids);
  const held = await stream.heldSubjects();
  const boots = await readBoots(db, ids);

  const books = new Map<string, AgentBooks>();
  for (const { row } of agents) {
    const own = boots.get(row.agent_id) ?? [];
    const current = { bootId: row.boot_id, lastSeen: row.last_seen.getTime() };
    const subject = agentSubject('exchange', {
      cluster: row.cluster,
      namespace: row.namespace,
      agentId: row.agent_id,
    });
    const view = await viewOf(subject, bootsBefore(earlier.get(row.agent_id) ?? [], current), {
      held,
      oldestBoot: () => oldestBoot(stream, subject, own, current),
    });
    books.set(row.agent_id, sumBooks(own, current, view));
  }
  return books;
}

function bootsBefore(boots: readonly BootBooks[], current: CurrentBoot): ReadonlyMap<string, BootBefore> {
  return new Map(
    boots.map((boot) => [boot.bootId, { acknowledged: boot.acknowledged, ended: hasEnded(boot, current) }]),
  );
}

async function viewOf(
  subject: string,
  before: ReadonlyMap<string, BootBefore>,
  stream: {
    readonly held: ReadonlySet<string> | undefined;
    readonly oldestBoot: () => Promise<string | undefined>;
  },
): Promise<StreamView> {
  if (stream.held === undefined) return { state: 'unknown' };
  if (!stream.held.has(subject)) return { state: 'empty', before };
  return { state: 'holds', before, oldestBoot: await stream.oldestBoot() };
}

/** Asked only where the answer matters, because JetStream sends the whole batch with it. */
async function oldestBoot(
  stream: StreamReader,
  subject: string,
  boots: readonly BootBooks[],
  current: CurrentBoot,
): Promise<string | undefined> {
  if (!needsOldestBatch(boots, current)) return undefined;
  const bootId = await stream.oldestBoot(subject);
  return bootId?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

async function readBoots(
  db: Database,
  agentIds: readonly string[],
): Promise<ReadonlyMap<string, BootBooks[]>> {
  const rows = await db
    .selectFrom('culvert.agent_books')
    .selectAll()
    .where('agent_id', '=', sql<string>`any(${agentIds}::text[])`)
    .where('kind', '=', EventKind.EVENT_KIND_EXCHANGE)
    .execute();
  const boots = new Map<string, BootBooks[]>();
  for (const row of rows) {
    const own = boots.get(row.agent_id) ?? [];
    boots.set(row.agent_id, own);
    own.push(bootBooks(row));
  }
  return boots;
}
