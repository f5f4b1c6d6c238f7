import { jetstream } from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { BATCH_HEADERS } from '@culvert/traffic/batch-key';
import type { MadeBatch } from './batches.ts';

const WINDOW = 32;

/** Publishes batches, a few at a time, and returns once the stream has all of them. */
export async function publishBatches(
  connection: NatsConnection,
  batches: Iterable<MadeBatch>,
): Promise<number> {
  const stream = jetstream(connection);
  const running = new Set<Promise<unknown>>();
  let published = 0;
  for (const batch of batches) {
    const publication = stream
      .publish(batch.subject, batch.payload, { headers: headersOf(batch), timeout: 30_000 })
      .then((acknowledgement) => {
        if (acknowledgement.duplicate) throw new Error(`the stream took ${batch.messageId} for a duplicate`);
        running.delete(publication);
      });
    running.add(publication);
    published++;
    if (running.size >= WINDOW) await Promise.race(running);
  }
  await Promise.all(running);
  return published;
}

function headersOf({ key, messageId }: MadeBatch): ReturnType<typeof headers> {
  const result = headers();
  result.set(BATCH_HEADERS.messageId, messageId);
  result.set(BATCH_HEADERS.agent, key.agentId);
  result.set(BATCH_HEADERS.boot, key.bootId);
  result.set(BATCH_HEADERS.kind, String(key.kind));
  result.set(BATCH_HEADERS.firstSequence, String(key.firstSequence));
  result.set(BATCH_HEADERS.count, String(key.count));
  result.set(BATCH_HEADERS.publishedAt, Date.now().toFixed(3));
  result.set(BATCH_HEADERS.traceparent, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
  return result;
}
