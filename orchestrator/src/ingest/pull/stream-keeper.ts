import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { IngestLimits } from '../limits.ts';
import { CONSUMERS, ensureStreams } from './streams.ts';

/** Sees that the streams and consumers are there. */
export interface StreamKeeper {
  /** Makes what is missing; lanes that ask at the same time share one answer. */
  ensure(): Promise<void>;
}

/** @param manager throws while NATS is away */
export function createStreamKeeper(
  manager: () => Promise<JetStreamManager>,
  limits: IngestLimits,
): StreamKeeper {
  let running: Promise<void> | undefined;
  return {
    ensure() {
      running ??= manager()
        .then((found) => ensureStreams(found, limits))
        .finally(() => {
          running = undefined;
        });
      return running;
    },
  };
}

const LAG_TIMEOUT_MS = 2_000;

/** What each consumer has before it: delivered but not acknowledged, and not yet delivered. */
export async function readLag(
  nats: NatsConnection,
): Promise<readonly { readonly kind: string; readonly messages: number }[]> {
  const manager = await jetstreamManager(nats, { timeout: LAG_TIMEOUT_MS, checkAPI: false });
  return Promise.all(
    Object.entries(CONSUMERS).map(async ([kind, { stream, name }]) => {
      const info = await manager.consumers.info(stream, name);
      return { kind, messages: info.num_pending + info.num_ack_pending };
    }),
  );
}
