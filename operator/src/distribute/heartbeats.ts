import { AgentHeartbeat } from '@culvert/proto';
import type { Logger } from '@culvert/runtime/log';
import { createSharedMemory } from '@culvert/runtime/shared-memory';
import { encodeSubjectToken, readAgentSubject } from '@culvert/traffic/subject';
import type { Subscription } from '@nats-io/transport-node';
import type { NatsLink } from './nats-link.ts';

/** How many agents are remembered; of the namespace that has most, the one that was silent for longest is forgotten first. */
const MOST_AGENTS = 100_000;
/** Twice the longest time between heartbeats: after that, every agent that can be heard has been. */
const COMPLETE_MS = 30_000;

/** Which revision each sidecar runs, as it said last. */
export interface Heartbeats {
  /** By the pod's namespace and UID; undefined when nothing was heard of it. */
  revisionOf(namespace: string, agentId: string): string | undefined;
  /** Whether so much time has passed that silence means something. */
  readonly complete: boolean;
  readonly size: number;
  /** Forgets an agent whose pod is gone. */
  forget(namespace: string, agentId: string): void;
}

/** What heartbeats are heard by. */
export interface HeartbeatOptions {
  readonly link: NatsLink;
  readonly cluster: string;
  /** Unix time or any other clock in milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
  /** An agent reports another revision than before. */
  readonly onRevision: (agentId: string, namespace: string) => void;
  readonly mostAgents?: number;
}

/**
 * Listens to heartbeats of one cluster. They are also stored in a stream, which has nothing to do with this. The subject
 * says who speaks, not the message: nobody says which revision a pod of another namespace runs.
 */
export function hearHeartbeats(options: HeartbeatOptions): Heartbeats {
  const revisions = createSharedMemory<string>(options.mostAgents ?? MOST_AGENTS);
  let since: number | undefined;
  let subscription: Subscription | undefined;

  const hear = (subject: string, payload: Uint8Array): void => {
    const owner = readAgentSubject(subject)?.owner;
    if (owner === undefined) return;
    const { namespace, agentId } = owner;
    const { identity, configRevision, closing } = AgentHeartbeat.decode(payload);
    const before = revisions.get(namespace, agentId);
    revisions.delete(namespace, agentId);
    if (closing || identity?.role === 'node') return;
    revisions.set(namespace, agentId, configRevision);
    if (before !== configRevision) options.onRevision(agentId, namespace);
  };
  options.link.follow({
    onConnected(nats) {
      since = options.now();
      if (subscription !== undefined && !subscription.isClosed()) return; // renewed by the client itself
      subscription = nats.subscribe(`culvert.metrics.${encodeSubjectToken(options.cluster)}.>`, {
        callback: (error, message) => {
          if (error !== null) return;
          try {
            hear(message.subject, message.data);
          } catch (fault) {
            options.log.debug({ err: fault, subject: message.subject }, 'ignores a heartbeat');
          }
        },
      });
    },
    onDisconnected() {
      since = undefined;
    },
  });
  return {
    revisionOf: (namespace, agentId) => revisions.get(namespace, agentId),
    get complete() {
      return since !== undefined && options.now() - since >= COMPLETE_MS;
    },
    get size() {
      return revisions.size;
    },
    forget(namespace, agentId) {
      revisions.delete(namespace, agentId);
    },
  };
}
