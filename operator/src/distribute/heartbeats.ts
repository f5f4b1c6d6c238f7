import { AgentHeartbeat } from '@culvert/proto';
import type { Logger } from '@culvert/runtime/log';
import { encodeSubjectToken } from '@culvert/traffic/subject';
import type { Subscription } from '@nats-io/transport-node';
import type { NatsLink } from './nats-link.ts';

/** How many agents are remembered; the one that was silent for longest is forgotten first. */
const MOST_AGENTS = 100_000;
/** Twice the longest time between heartbeats: after that, every agent that can be heard has been. */
const COMPLETE_MS = 30_000;

/** Which revision each sidecar runs, as it said last. */
export interface Heartbeats {
  /** By the pod's UID; undefined when nothing was heard of it. */
  revisionOf(agentId: string): string | undefined;
  /** Whether so much time has passed that silence means something. */
  readonly complete: boolean;
  readonly size: number;
  /** Forgets an agent whose pod is gone. */
  forget(agentId: string): void;
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

/** Listens to heartbeats of one cluster. They are also stored in a stream, which has nothing to do with this. */
export function hearHeartbeats(options: HeartbeatOptions): Heartbeats {
  const revisions = new Map<string, string>(); // in the order of their last heartbeat
  let since: number | undefined;
  let subscription: Subscription | undefined;

  const hear = (payload: Uint8Array): void => {
    const { agentId, identity, configRevision, closing } = AgentHeartbeat.decode(payload);
    const before = revisions.get(agentId);
    revisions.delete(agentId);
    if (closing || identity?.role === 'node') return;
    revisions.set(agentId, configRevision);
    if (revisions.size > (options.mostAgents ?? MOST_AGENTS)) {
      for (const [oldest] of revisions) {
        revisions.delete(oldest);
        break;
      }
    }
    if (before !== configRevision) options.onRevision(agentId, identity?.namespace ?? '');
  };
  options.link.follow({
    onConnected(nats) {
      since = options.now();
      if (subscription !== undefined && !subscription.isClosed()) return; // renewed by the client itself
      subscription = nats.subscribe(`culvert.metrics.${encodeSubjectToken(options.cluster)}.>`, {
        callback: (error, message) => {
          if (error !== null) return;
          try {
            hear(message.data);
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
    revisionOf: (agentId) => revisions.get(agentId),
    get complete() {
      return since !== undefined && options.now() - since >= COMPLETE_MS;
    },
    get size() {
      return revisions.size;
    },
    forget(agentId) {
      revisions.delete(agentId);
    },
  };
}
