import type { NatsConnection } from '@nats-io/transport-node';
import type { Check } from '@culvert/runtime/admin';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../../reason.ts';

/** Whether something works, said once whenever that changes rather than at every attempt. */
export interface WorkState {
  ok(): void;
  failed(error: unknown): void;
  /** What is wrong, or undefined. */
  fault(): string | undefined;
}

/**
 * @param name of what works, such as `ingest-exchange`
 * @param doing completes "can't …" and "can … again"
 * @param initialFault what is wrong until something has worked
 */
export function createWorkState(name: string, doing: string, log: Logger, initialFault?: string): WorkState {
  let fault = initialFault;
  let logged = false;
  return {
    ok() {
      if (logged) log.info({ part: name }, `can ${doing} again`);
      logged = false;
      fault = undefined;
    },
    failed(error) {
      if (!logged) log.warn({ part: name, err: error }, `can't ${doing}, trying again`);
      logged = true;
      fault = reasonOf(error);
    },
    fault: () => (fault === undefined ? undefined : `can't ${doing}: ${fault}`),
  };
}

/** Whether NATS is connected, from the connection's own events. */
export function watchConnection(nats: NatsConnection): { readonly check: Check; stop(): void } {
  let connected = !nats.isClosed();
  const events = nats.status();
  void (async () => {
    for await (const event of events) {
      if (event.type === 'disconnect') connected = false;
      else if (event.type === 'reconnect') connected = true;
    }
  })();
  return {
    check: { name: 'ingest-nats', run: () => (connected ? undefined : 'not connected to NATS') },
    stop() {
      (events as { stop?: () => void }).stop?.();
    },
  };
}
