import { AgentHeartbeat, HeartbeatAcknowledgement, type SystemMetricsEvent } from '@culvert/proto';
import { agentSubject } from '@culvert/traffic/subject';
import type { Link } from '../publish/connection.ts';
import type { Agent } from '../publish/identity.ts';
import { SCHEMA_VERSION } from '../publish/batch.ts';
import { booksMessages, type Books } from './books.ts';
import type { Reservation } from './reservation.ts';

export interface HeartbeatOptions {
  readonly agent: Agent;
  /** Undefined for an agent that captures nothing. */
  readonly books?: () => Books;
  readonly reservation?: Reservation;
  readonly capabilities: readonly string[];
  /** Which configuration is in force; undefined for an agent that follows none. */
  readonly configuration?: () => ReportedConfiguration;
  readonly link: Link;
  /** How the system does; undefined when it was measured only just now. */
  readonly measure: () => Promise<Omit<SystemMetricsEvent, 'at'> | undefined>;
  readonly now: () => number;
  /** A fault of ours; the next heartbeat is tried as usual. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** What an agent tells about its configuration. */
export interface ReportedConfiguration {
  readonly revision: string;
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Tells every few seconds that the agent lives and what its books say. */
export interface Heartbeat {
  /** Sends one now; never rejects. Fails silently while NATS is away: the next one says the same and more. */
  beat(): Promise<boolean>;
  /** The last one of an orderly end. */
  sayGoodbye(): Promise<boolean>;
}

/** What a capturing agent can do, for the orchestrator to know what it may ask. */
export const CAPTURE_CAPABILITIES = ['capture.http1'];

export function createHeartbeat(options: HeartbeatOptions): Heartbeat {
  const { agent, books, reservation, link } = options;
  let saidGoodbye = false;
  const owner = { ...agent.identity, agentId: agent.agentId };
  const subject = agentSubject('metrics', owner);
  if (reservation !== undefined)
    link.listen(agentSubject('acknowledge', owner), (payload) => {
      for (const bootId of HeartbeatAcknowledgement.decode(payload).closedBootIds) reservation.forget(bootId);
    });
  const beat = async (closing: boolean): Promise<boolean> => {
    const system = closing ? undefined : await options.measure();
    // Nothing may follow the last one.
    if (saidGoodbye) return false;
    saidGoodbye = closing;
    const messages = books === undefined ? [] : booksMessages(books());
    reservation?.note(messages);
    const configuration = options.configuration?.();
    const unixMs = options.now();
    const seconds = Math.floor(unixMs / 1000);
    const at = { seconds, nanos: Math.floor((unixMs - seconds * 1000) * 1e6) };
    const payload = AgentHeartbeat.encode({
      schemaVersion: SCHEMA_VERSION,
      agentId: agent.agentId,
      bootId: Buffer.from(agent.bootId),
      identity: agent.identity,
      at,
      books: messages,
      system: system && { ...system, at },
      configRevision: configuration?.revision ?? '',
      configKey: configuration?.key ?? '',
      labels: { ...configuration?.labels },
      capabilities: [...options.capabilities],
      closedBoots: [...(reservation?.closedBoots ?? [])],
      closing,
    }).finish();
    return link.send(subject, payload).then(
      () => true,
      () => false,
    );
  };
  const contained = (closing: boolean): Promise<boolean> =>
    beat(closing).catch((error: unknown) => {
      options.onError(error);
      return false;
    });
  return { beat: () => contained(false), sayGoodbye: () => contained(true) };
}
