import type { Logger } from '@culvert/runtime/log';
import type { Heartbeats } from '../distribute/heartbeats.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Timers } from '../queue/timers.ts';
import { createWorkQueue, type WorkQueue } from '../queue/work-queue.ts';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import type { Stores } from '../watch/stores.ts';
import type { AgentSecrets } from './agent-secret.ts';
import type { StatusWriter } from './status-writer.ts';

const RETRY = { firstMs: 250, maxMs: 60_000 };
/** Heartbeats of a roll-out come one by one. */
const HEARTBEAT_DEBOUNCE_MS = 500;

/** What turns changes into work. */
export interface ControllerOptions {
  readonly stores: Stores;
  readonly reconcile: (namespace: string) => Promise<number | undefined>;
  readonly timers: Timers;
  readonly workers: number;
  readonly debounceMs: number;
  readonly resyncMs: number;
  readonly tracing: Tracing;
  readonly metrics: Metrics;
  readonly log: Logger;
  /** What remembers things about objects, and forgets them with them. */
  readonly statuses: StatusWriter;
  readonly secrets: AgentSecrets;
  readonly heartbeats: () => Heartbeats;
  /** Namespaces that the bucket has something of. */
  readonly namespacesInBucket: () => readonly string[];
}

/** Reconciles namespaces as they change. */
export interface Controller {
  readonly queue: WorkQueue;
  /** A namespace has changed: it is reconciled soon. */
  touch(namespace: string): void;
  /** A sidecar of the namespace runs another revision. */
  touchByHeartbeat(namespace: string): void;
  /** Everything is reconciled: at the beginning, when the bucket comes back, and from time to time. */
  touchAll(): void;
  stop(): Promise<void>;
}

/** Listens to the stores. Nothing is done before the first {@link Controller.touchAll}. */
export function createController(options: ControllerOptions): Controller {
  const { stores, timers, log, metrics } = options;
  let begun = false;
  let cancelResync: () => void = () => undefined;

  const queue = createWorkQueue({
    timers,
    workers: options.workers,
    retry: RETRY,
    work: (namespace) =>
      options.tracing.span('reconcile', { 'k8s.namespace.name': namespace }, async () => {
        const startedAt = timers.now();
        const done = (result: 'success' | 'error'): void => {
          metrics.reconciled(result, (timers.now() - startedAt) / 1_000);
        };
        try {
          const againMs = await options.reconcile(namespace);
          done('success');
          if (againMs !== undefined) queue.addAfter(namespace, againMs);
        } catch (error) {
          done('error');
          throw error;
        }
      }),
    onFailure(namespace, error, attempt, delayMs) {
      log.warn(
        { namespace, err: error, attempt, delayMs },
        'a namespace could not be reconciled; it comes again',
      );
    },
  });
  const touch = (namespace: string): void => {
    if (begun) queue.addAfter(namespace, options.debounceMs);
  };

  stores.capturePolicies.onChange((after, before) => {
    if (before !== undefined && before.metadata.uid !== after?.metadata.uid)
      options.statuses.forget(before.metadata.uid);
    touch((after ?? before)?.metadata.namespace ?? '');
  });
  stores.pods.onChange((after, before) => {
    if (after === undefined && before?.metadata.uid !== undefined)
      options.heartbeats().forget(before.metadata.namespace, before.metadata.uid);
    touch((after ?? before)?.metadata.namespace ?? '');
  });
  stores.services.onChange((after, before) => {
    touch((after ?? before)?.metadata.namespace ?? '');
  });
  stores.namespaces.onChange((after, before) => {
    touch((after ?? before)?.metadata.name ?? '');
  });

  const touchAll = (): void => {
    begun = true;
    const all = new Set([
      ...stores.namespaces.inNamespace('').map(({ metadata }) => metadata.name),
      ...stores.capturePolicies.namespaces(),
      ...stores.pods.namespaces(),
      ...options.namespacesInBucket(),
    ]);
    for (const namespace of all) queue.add(namespace);
    cancelResync();
    cancelResync = timers.after(options.resyncMs, () => {
      options.secrets.refresh();
      touchAll();
    });
  };

  return {
    queue,
    touch,
    touchByHeartbeat(namespace) {
      if (begun) queue.addAfter(namespace, HEARTBEAT_DEBOUNCE_MS);
    },
    touchAll,
    async stop() {
      cancelResync();
      await queue.stop();
    },
  };
}
