import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { AgentHeartbeat, EventKind, TrafficBatch } from '@culvert/proto';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import { agentSubject, type SubjectKind } from '@culvert/traffic/subject';
import { IDENTITY } from './batches.ts';

const SUBJECTS: Readonly<Record<number, SubjectKind>> = {
  [EventKind.EVENT_KIND_EXCHANGE]: 'exchange',
  [EventKind.EVENT_KIND_BODY]: 'body',
  [EventKind.EVENT_KIND_FRAME]: 'frame',
};

/** The subject on which a batch belongs. */
export function subjectOf(batch: TrafficBatch): string {
  const { cluster, namespace } = batch.identity ?? IDENTITY;
  return agentSubject(SUBJECTS[batch.kind] ?? 'exchange', { cluster, namespace, agentId: batch.agentId });
}

/** Publishes a batch as an agent does, acknowledged by the stream, on its own or another subject. */
export async function publishBatch(
  nats: NatsConnection,
  batch: TrafficBatch,
  options: {
    readonly subject?: string;
    readonly payload?: Uint8Array;
    readonly headers?: Readonly<Record<string, string>>;
  } = {},
): Promise<void> {
  const fields = headers();
  fields.set(BATCH_HEADERS.agent, batch.agentId);
  fields.set(BATCH_HEADERS.boot, Buffer.from(batch.bootId).toString('hex'));
  fields.set(BATCH_HEADERS.kind, String(batch.kind));
  fields.set(BATCH_HEADERS.firstSequence, String(batch.firstSequence));
  fields.set(BATCH_HEADERS.count, String(batch.events.length));
  fields.set(BATCH_HEADERS.publishedAt, Date.now().toFixed(3));
  for (const [name, value] of Object.entries(options.headers ?? {})) fields.set(name, value);
  await jetstream(nats).publish(
    options.subject ?? subjectOf(batch),
    options.payload ?? TrafficBatch.encode(batch).finish(),
    { headers: fields },
  );
}

/** Publishes a heartbeat of agent-1 unless told otherwise. */
export async function publishHeartbeat(
  nats: NatsConnection,
  more: Partial<AgentHeartbeat> & {
    readonly unixMs?: number;
    /** Whose subject it goes by; the usual one if left out. */
    readonly owner?: { readonly cluster: string; readonly namespace: string };
  },
  payload?: Uint8Array,
): Promise<void> {
  const { unixMs = Date.now(), owner = IDENTITY, ...fields } = more;
  const heartbeat = AgentHeartbeat.create({
    schemaVersion: 1,
    agentId: 'agent-1',
    bootId: Buffer.alloc(16, 7),
    identity: IDENTITY,
    at: { seconds: Math.floor(unixMs / 1_000), nanos: (Math.floor(unixMs) % 1_000) * 1_000_000 },
    ...fields,
  });
  await jetstream(nats).publish(
    agentSubject('metrics', { ...owner, agentId: heartbeat.agentId }),
    payload ?? AgentHeartbeat.encode(heartbeat).finish(),
  );
}
