import type { Msg, NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '@culvert/runtime/log';
import type { BoundedQueue } from './bounded-queue.ts';
import type { LiveMetrics } from './live-metrics.ts';
import type { UpdateStream } from './update-stream.ts';

/** Somebody who follows. */
export interface Viewer<W, T> {
  readonly wants: W;
  /** Puts an update into the viewer's queue. */
  readonly push: (update: T) => void;
}

/** All who follow one kind of updates. */
export interface Hub<W, T> {
  readonly viewers: ReadonlySet<Viewer<W, T>>;
  follow(wants: W): UpdateStream<T>;
  /** Ends what everybody follows, now and from now on. */
  stop(): void;
}

/** What {@link createHub} works with. */
export interface HubOptions<T> {
  /** The label of its metrics. */
  readonly feed: string;
  readonly subject: string;
  readonly connected: Promise<NatsConnection>;
  readonly createQueue: (hooks: { onDropped: () => void; onEnded: () => void }) => BoundedQueue<T>;
  readonly hear: (message: Msg) => void;
  /** Nothing is heard any more: the last viewer has left. */
  readonly onSilence: () => void;
  readonly metrics: LiveMetrics;
  readonly log: Logger;
}

/** Hears a subject, by a plain subscription that exists while somebody follows: every replica hears everything. */
export function createHub<W, T>(options: HubOptions<T>): Hub<W, T> {
  const { feed, metrics } = options;
  const viewers = new Set<Viewer<W, T> & { readonly queue: BoundedQueue<T> }>();
  const updates = metrics.updates.labels({ feed });
  const dropped = metrics.dropped.labels({ feed });
  let unsubscribe: (() => void) | undefined;
  let stopped = false;

  const count = (): void => {
    metrics.subscribers.set({ feed }, viewers.size);
  };
  count();
  return {
    viewers,
    follow(wants) {
      const queue = options.createQueue({
        onDropped: () => {
          dropped.inc();
        },
        onEnded: () => {
          viewers.delete(viewer);
          count();
          if (viewers.size > 0) return;
          unsubscribe?.();
          unsubscribe = undefined;
          options.onSilence();
        },
      });
      const viewer = {
        wants,
        queue,
        push: (update: T) => {
          updates.inc();
          queue.push(update);
        },
      };
      viewers.add(viewer);
      count();
      if (stopped) queue.end();
      else unsubscribe ??= listen(options);
      return queue;
    },
    stop() {
      stopped = true;
      for (const { queue } of viewers) queue.end();
    },
  };
}

/** Subscribes as soon as there is a connection, which goes on by itself after NATS was away; returns how to end it. */
function listen<T>({ connected, subject, feed, hear, log }: HubOptions<T>): () => void {
  let wanted = true;
  let end = (): void => undefined;
  connected.then(
    (nats) => {
      if (!wanted || nats.isClosed()) return;
      const subscription = nats.subscribe(subject, {
        callback: (error, message) => {
          try {
            if (error === null) hear(message);
            else log.warn({ err: error, feed }, 'live updates can not be heard');
          } catch (fault) {
            // A fault of this program must not take the connection, which others use too, with it.
            log.error({ err: fault, feed }, 'a message could not be shown');
          }
        },
      });
      end = () => {
        if (!nats.isClosed()) subscription.unsubscribe();
      };
    },
    // Told of by whoever connects.
    () => undefined,
  );
  return () => {
    wanted = false;
    end();
  };
}
