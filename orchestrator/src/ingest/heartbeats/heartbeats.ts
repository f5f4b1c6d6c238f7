import type { JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { HeartbeatAcknowledgement } from '@culvert/proto';
import type pg from 'pg';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { agentSubject } from '@culvert/traffic/subject';
import type { Partitions } from '../../store/partitions.ts';
import { isRefusal } from '../../store/refusal.ts';
import { inTransaction } from '../../store/transaction.ts';
import { readAgentOwners } from '../agent-owners.ts';
import { insertDeadLetters } from '../commit/dead-letters.ts';
import { finishRequeued } from '../commit/requeued.ts';
import type { Delivery } from '../decode/delivery.ts';
import { readRequeued } from '../decode/requeued.ts';
import type { DeadLetter } from '../dead-letter.ts';
import type { IngestLimits } from '../limits.ts';
import type { IngestMetrics } from '../metrics.ts';
import { onceMore } from '../once-more.ts';
import { toDelivery } from '../pull/to-delivery.ts';
import { reasonOf } from '../../reason.ts';
import { upsertAgents } from './agent-rows.ts';
import { noteCrashedBoots, upsertBooks } from './book-rows.ts';
import { heartbeatLetter, readHeartbeat, type ReadHeartbeat } from './read-heartbeat.ts';
import { insertSystemMetrics, systemMetricsTime } from './system-rows.ts';

/** What {@link createHeartbeatWork} needs. */
export interface HeartbeatWorkOptions {
  readonly pool: pg.Pool;
  readonly partitions: Partitions;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits: IngestLimits;
  readonly metrics: IngestMetrics;
  readonly nats: NatsConnection;
}

interface HeartbeatSet {
  readonly heartbeats: readonly ReadHeartbeat[];
  readonly letters: readonly DeadLetter[];
}

/** What becomes of heartbeats. */
export interface HeartbeatWork {
  prepare(messages: readonly JsMsg[]): HeartbeatSet;
  commit(set: HeartbeatSet): Promise<void>;
  /** A set of one message that can be neither prepared nor committed: it becomes a dead letter. */
  park(message: JsMsg, error: unknown): HeartbeatSet;
}

const LABEL = { kind: 'metrics' };

/** Reads sets of heartbeats, commits them and tells agents which of their crashed boots are now on record. */
export function createHeartbeatWork(options: HeartbeatWorkOptions): HeartbeatWork {
  const { partitions, clock, log, limits, metrics } = options;
  return {
    prepare(messages) {
      const context = { now: clock.now(), ...limits };
      const deliveries = messages.map(toDelivery);
      const read = deliveries.map((delivery) => readHeartbeat(delivery, context));
      return {
        heartbeats: read.flatMap(({ heartbeat }) => heartbeat ?? []),
        letters: read.flatMap(({ letter }, index) =>
          letter === undefined ? [] : { ...letter, requeued: readRequeued(deliveries[index] as Delivery) },
        ),
      };
    },
    park: (message, error) => ({
      heartbeats: [],
      letters: [heartbeatLetter(toDelivery(message), 'undecodable', reasonOf(error))],
    }),
    async commit(set) {
      const end = metrics.transactions.startTimer(LABEL);
      try {
        const times = set.heartbeats.map(systemMetricsTime).filter((time) => time !== undefined);
        const attempt = async (): Promise<readonly ReadHeartbeat[]> => {
          await partitions.ensure(times);
          return storeAll(set, options);
        };
        const stored = await onceMore(attempt, { partitions, log, metrics, label: LABEL.kind });
        end();
        acknowledge(stored, options.nats);
        count(stored, options);
      } catch (error) {
        metrics.failures.inc(LABEL);
        throw error;
      }
    },
  };
}

/** A heartbeat counts as one. */
export function weighHeartbeat(message: JsMsg): { readonly weight: number; readonly bytes: number } {
  return { weight: 1, bytes: message.data.length };
}

/** All in one transaction; when Postgres refuses something in it, one by one, and the culprits go to dead letters. */
async function storeAll(set: HeartbeatSet, options: HeartbeatWorkOptions): Promise<readonly ReadHeartbeat[]> {
  try {
    return await store(set.heartbeats, set.letters, options);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
  await store([], set.letters, options);
  const stored: ReadHeartbeat[] = [];
  for (const heartbeat of set.heartbeats) {
    try {
      stored.push(...(await store([heartbeat], [], options)));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { delivery } = heartbeat;
      const letter = heartbeatLetter(delivery, 'rejected', error.message);
      await store([], [{ ...letter, requeued: readRequeued(delivery) }], options);
    }
  }
  return stored;
}

/** @returns those that were stored; the others use ids of other namespaces and have become dead letters */
async function store(
  heartbeats: readonly ReadHeartbeat[],
  unreadable: readonly DeadLetter[],
  { pool, clock, metrics, partitions }: HeartbeatWorkOptions,
): Promise<readonly ReadHeartbeat[]> {
  const { own, inserted } = await inTransaction(pool, async (client) => {
    const now = clock.now();
    const { own, letters } = await claimIds(client, heartbeats, now);
    await insertSystemMetrics(client, own, partitions.keptSince());
    await noteCrashedBoots(client, own);
    await upsertBooks(client, own);
    const all = [...unreadable, ...letters];
    const done = own.flatMap(({ delivery }) => readRequeued(delivery) ?? []);
    const { inPlace } = await finishRequeued(client, { fresh: [], discarded: [], letters: all, done }, now);
    const others = all.filter((letter) => !inPlace.has(letter));
    return { own, inserted: await insertDeadLetters(client, others, now) };
  });
  for (const letter of inserted) metrics.deadLetters.inc({ ...LABEL, reason: letter.reason });
  return own;
}

/** Notes the agents, and sets aside the heartbeats that use the id of another namespace's agent. */
async function claimIds(
  client: pg.ClientBase,
  heartbeats: readonly ReadHeartbeat[],
  now: number,
): Promise<{ readonly own: readonly ReadHeartbeat[]; readonly letters: readonly DeadLetter[] }> {
  const claims = heartbeats.map(({ owner }) => owner);
  const before = await readAgentOwners(client, claims, now);
  const possible = heartbeats.filter(
    ({ owner }) => before.fault(owner) === undefined || before.isFree(owner),
  );
  await upsertAgents(client, possible, now);
  // Of two that want one free id, one has it now.
  const isContested = possible.some(({ owner }) => before.isFree(owner));
  const after = isContested ? await readAgentOwners(client, claims, now) : before;
  return {
    own: heartbeats.filter(({ owner }) => after.fault(owner) === undefined),
    letters: heartbeats.flatMap(({ owner, delivery }) => {
      const fault = after.fault(owner);
      if (fault === undefined) return [];
      const letter = heartbeatLetter(delivery, 'foreign_agent', fault);
      return { ...letter, requeued: readRequeued(delivery) };
    }),
  };
}

function acknowledge(heartbeats: readonly ReadHeartbeat[], nats: NatsConnection): void {
  for (const { message, owner } of heartbeats) {
    if (message.closedBoots.length === 0) continue;
    const closedBootIds = message.closedBoots.map((boot) => boot.bootId);
    // Lost, it is sent again with the next heartbeat, because the agent repeats what was not acknowledged.
    if (!nats.isClosed())
      nats.publish(
        agentSubject('acknowledge', owner),
        HeartbeatAcknowledgement.encode({ closedBootIds }).finish(),
      );
  }
}

function count(heartbeats: readonly ReadHeartbeat[], { metrics, clock }: HeartbeatWorkOptions): void {
  const now = clock.now();
  metrics.batches.inc(LABEL, heartbeats.length);
  for (const { delivery, at } of heartbeats) {
    metrics.bytes.inc(LABEL, delivery.data.length);
    metrics.commitAge.observe(LABEL, Math.max(0, now - at) / 1_000);
  }
}
