import { AgentHeartbeat } from '@culvert/proto';
import type { Clock } from '@culvert/runtime/clock';
import type { NatsConnection, Subscription } from '@nats-io/transport-node';
import { readSubject } from '../ingest/decode/owner.ts';

/** An agent outside a cluster, as its heartbeats describe it. */
export interface StandaloneAgent {
  /** The key of its document. */
  readonly key: string;
  readonly namespace: string;
  /** `Kind/name`. */
  readonly workload: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What it runs. */
  readonly revision: string;
}

/** The agents that announce a key, by their keys. */
export interface StandaloneAgents {
  list(): readonly StandaloneAgent[];
  stop(): void;
}

const KEY = /^[A-Za-z0-9_=/-]+(\.[A-Za-z0-9_=/-]+)*$/;
/** Keys become subjects, and NATS ends connections on which a line is longer than 4096 bytes. */
const LONGEST_KEY = 1_024;
/** Documents of other kinds must not be overwritten, whatever an agent says. */
const RESERVED = /^(manifest|endpoint|tunnel)\./;
/** Heartbeats come every few seconds; an agent that comes back later is heard again. */
const FORGOTTEN_AFTER_MS = 15 * 60_000;
const MOST_AGENTS = 10_000;

/**
 * Hears heartbeats, whichever process stores them.
 *
 * @param onChange an agent is new, or describes itself in another way than before
 */
export function hearStandaloneAgents(
  nats: NatsConnection,
  clock: Clock,
  onChange: (agent: StandaloneAgent) => void,
): StandaloneAgents {
  const agents = new Map<string, { readonly agent: StandaloneAgent; readonly heard: number }>();
  const subscription: Subscription = nats.subscribe('culvert.metrics.>', {
    callback: (error, message) => {
      if (error !== null) return;
      const agent = readAgent(message.subject, message.data);
      if (agent === undefined) return;
      const before = agents.get(agent.key)?.agent;
      // In the order of their last heartbeat, so that the first is the one to forget.
      agents.delete(agent.key);
      agents.set(agent.key, { agent, heard: clock.now() });
      if (agents.size > MOST_AGENTS) for (const oldest of agents.keys()) if (agents.delete(oldest)) break;
      if (before === undefined || !isSame(before, agent)) onChange(agent);
    },
  });
  return {
    list: () => {
      for (const [key, { heard }] of agents) if (heard < clock.now() - FORGOTTEN_AFTER_MS) agents.delete(key);
      return [...agents.values()].map(({ agent }) => agent);
    },
    stop: () => {
      subscription.unsubscribe();
    },
  };
}

/** The agent that sent a heartbeat; undefined when it has no key, ends, or sends no heartbeat at all. */
export function readAgent(subject: string, data: Uint8Array): StandaloneAgent | undefined {
  const owner = readSubject(subject)?.owner;
  let heartbeat: AgentHeartbeat;
  try {
    heartbeat = AgentHeartbeat.decode(data);
  } catch {
    return undefined;
  }
  const { configKey, identity, closing, labels, configRevision } = heartbeat;
  if (owner === undefined || closing || configKey.length > LONGEST_KEY) return undefined;
  if (!KEY.test(configKey) || RESERVED.test(configKey)) return undefined;
  return {
    key: configKey,
    namespace: owner.namespace,
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
