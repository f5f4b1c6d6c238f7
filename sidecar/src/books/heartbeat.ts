import { AgentHeartbeat, HeartbeatAcknowledgement } from '@culvert/proto';
import { agentSubject } from '@culvert/traffic/subject';
import type { Link } from '../publish/connection.ts';
import type { Agent } from '../publish/identity.ts';
import { SCHEMA_VERSION } from '../publish/batch.ts';
import { booksMessages, type Books } from './books.ts';
import type { Reservation } from './reservation.ts';

export interface HeartbeatOptions {
  readonly agent: Agent;
  readonly books: Books;
  readonly reservation: Reservation;
  readonly link: Link;
  readonly now: () => number;
}

/** Tells every few seconds that the agent lives and what its books say. */
export interface Heartbeat {
  /** Sends one now. Fails silently while NATS is away: the next one says the same and more. */
  beat(): Promise<boolean>;
  /** The last one of an orderly end. */
  sayGoodbye(): Promise<boolean>;
}

/** What this agent can do, for the orchestrator to know what it may ask. */
const CAPABILITIES = ['capture.http1'];

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { agent, books, reservation, link } = options;
  const owner = { ...agent.identity, agentId: agent.agentId };
  const subject = agentSubject('metrics', owner);
  link.listen(agentSubject('acknowledge', owner), (payload) => {
    for (const bootId of HeartbeatAcknowledgement.decode(payload).closedBootIds) reservation.forget(bootId);
  });
  const beat = async (closing: boolean): Promise<boolean> => {
    const messages = booksMessages(books);
    reservation.note(messages);
    const unixMs = options.now();
    const seconds = Math.floor(unixMs / 1000);
    const payload = AgentHeartbeat.encode({
      schemaVersion: SCHEMA_VERSION,
      agentId: agent.agentId,
      bootId: Buffer.from(agent.bootId),
      identity: agent.identity,
      at: { seconds, nanos: Math.floor((unixMs - seconds * 1000) * 1e6) },
      books: messages,
      system: undefined,
      configRevision: '',
      configKey: '',
      labels: {},
      capabilities: CAPABILITIES,
      closedBoots: [...reservation.closedBoots],
      closing,
    }).finish();
    return link.send(subject, payload).then(
      () => true,
      () => false,
    );
  };
  return { beat: () => beat(false), sayGoodbye: () => beat(true) };
}
