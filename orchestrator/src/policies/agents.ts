import { AgentHeartbeat } from '@culvert/proto';
import type { Clock } from '@culvert/runtime/clock';
import { createSharedMemory } from '@culvert/runtime/shared-memory';
import { readAgentSubject } from '@culvert/traffic/subject';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { refuseKey, type KeyRefusal } from './refused-keys.ts';

/** An agent outside a cluster, as its heartbeats describe it. */
export interface StandaloneAgent {
  /** The key of its document. */
  readonly key: string;
  readonly namespace: string;
  readonly agentId: string;
  /** `Kind/name`. */
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it runs. */
  readonly revision: string;
}

/** The agents that announce a key, by their keys. */
export interface StandaloneAgents {
  list(): readonly StandaloneAgent[];
  /** What is wrong with keys that are not served, a sentence each. */
  refused(): readonly string[];
  stop(): void;
}

/** Heartbeats come every few seconds; an agent that comes back later is heard again. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const MOST_AGENTS = 10_000;
const MOST_REFUSED = 1_000;

/** What is told of agents. */
export interface AgentEvents {
  /** An agent is new, or describes itself in another way than before. */
  readonly onChange: (agent: StandaloneAgent) => void;
  /** A heartbeat names a key that is not served. */
  readonly onRefused: (refusal: KeyRefusal, isNew: boolean) => void;
}

/** Hears heartbeats, whichever process stores them. No namespace can push out the agents of another one. */
export function hearStandaloneAgents(
  nats: NatsConnection,
  clock: Clock,
  events: AgentEvents,
): StandaloneAgents {
  const agents = createSharedMemory<Heard<StandaloneAgent>>(MOST_AGENTS);
  const refused = createSharedMemory<Heard<KeyRefusal>>(MOST_REFUSED);
  const subscription: Subscription = nats.subscribe('culvert.metrics.>', {
    callback: (error, message) => {
      if (error !== null) return;
      const heard = clock.now();
      const agent = readAgent(message.subject, message.data, (refusal) => {
        const { namespace, agentId } = refusal.owner;
        const before = refused.get(namespace, agentId)?.what;
        refused.set(namespace, agentId, { what: refusal, heard });
        events.onRefused(refusal, before?.sentence !== refusal.sentence);
      });
      if (agent === undefined) return;
      refused.delete(agent.namespace, agent.agentId);
      const before = agents.get(agent.namespace, agent.key)?.what;
      agents.set(agent.namespace, agent.key, { what: agent, heard });
      if (before === undefined || !isSame(before, agent)) events.onChange(agent);
    },
  });
  const fresh = <What>(memory: { values(): IterableIterator<Heard<What>> }): readonly What[] => {
    const since = clock.now() - FORGOTTEN_AFTER_MS;
    return [...memory.values()].filter(({ heard }) => heard >= since).map(({ what }) => what);
  };
  return {
    list: () => fresh(agents),
    refused: () => fresh(refused).map(({ sentence }) => sentence),
    stop: () => {
      subscription.unsubscribe();
    },
  };
}

interface Heard<What> {
  readonly what: What;
  /** Unix time in milliseconds. */
  readonly heard: number;
}

/**
 * The agent that sent a heartbeat; undefined when it has no key or one that is not served, ends, or sends no heartbeat
 * at all. Credentials are bound to the subject, so the subject says whose keys it may name, whatever the message says.
 */
export function readAgent(
  subject: string,
  data: Uint8Array,
  onRefused: (refusal: KeyRefusal) => void = () => undefined,
): StandaloneAgent | undefined {
  const owner = readAgentSubject(subject)?.owner;
  let heartbeat: AgentHeartbeat;
  try {
    heartbeat = AgentHeartbeat.decode(data);
  } catch {
    return undefined;
  }
  const { configKey, identity, closing, labels, configRevision } = heartbeat;
  if (owner === undefined || closing || configKey === '') return undefined;
  const refusal = refuseKey(owner, configKey);
  if (refusal !== undefined) {
    onRefused(refusal);
    return undefined;
  }
  return {
    key: configKey,
    namespace: owner.namespace,
    agentId: owner.agentId,
    workload: identity?.workload || `Pod/${identity?.pod || owner.agentId}`,
    labels,
    revision: configRevision,
  };
}

function isSame(a: StandaloneAgent, b: StandaloneAgent): boolean {
  return (
    a.namespace === b.namespace &&
    a.workload === b.workload &&
    a.revision === b.revision &&
    JSON.stringify(Object.entries(a.labels).sort()) === JSON.stringify(Object.entries(b.labels).sort())
  );
}
