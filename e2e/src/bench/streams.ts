import { DiscardPolicy, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { TrafficBatch } from '@culvert/proto';

const TRAFFIC = 'CULVERT_TRAFFIC';
const METRICS = 'CULVERT_METRICS';

/** The streams that agents publish to, as the ingest role would have made them. */
export interface Streams {
  /** Exchanges that lie in the stream: complete ones and beginnings. */
  countExchanges(): Promise<number>;
  /** Messages of every kind that lie in the stream. */
  messages(): Promise<number>;
  /** Empties them. */
  purge(): Promise<void>;
  close(): Promise<void>;
}

/** Makes both streams, on files, with the product's settings. */
export async function createStreams(url: string): Promise<Streams> {
  const connection = await connect({ servers: url, maxReconnectAttempts: -1, reconnectTimeWait: 250 });
  const manager = await jetstreamManager(connection);
  await manager.streams.add({
    name: TRAFFIC,
    subjects: ['culvert.exchange.>', 'culvert.body.>', 'culvert.frame.>'],
    retention: RetentionPolicy.Workqueue,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_bytes: 2 * 1024 ** 3,
  });
  await manager.streams.add({
    name: METRICS,
    subjects: ['culvert.metrics.>'],
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.Old,
    max_bytes: 256 * 1024 ** 2,
    max_age: 24 * 3600 * 1e9,
  });
  return {
    countExchanges: async () => {
      let exchanges = 0;
      let sequence = 1;
      for (;;) {
        const query = { seq: sequence, next_by_subj: 'culvert.exchange.>' };
        const message = await manager.streams.getMessage(TRAFFIC, query);
        if (message === null) return exchanges;
        for (const { event } of TrafficBatch.decode(message.data).events)
          if (event?.$case === 'exchange' || event?.$case === 'request') exchanges++;
        sequence = message.seq + 1;
      }
    },
    messages: async () => (await manager.streams.info(TRAFFIC)).state.messages,
    purge: async () => {
      await manager.streams.purge(TRAFFIC);
      await manager.streams.purge(METRICS);
    },
    close: async () => {
      await connection.close();
    },
  };
}
