import { createBackoff } from '@culvert/runtime/backoff';
import type { Logger } from '@culvert/runtime/log';
import { setTimeout as sleep } from 'node:timers/promises';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isExpired, KubernetesError } from '../kubernetes/errors.ts';
import { listPages } from '../kubernetes/list-pages.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import type { Kept, Store } from './store.ts';
import { readWatch } from './watch-stream.ts';

const BACKOFF = { firstMs: 200, maxMs: 30_000 };
/** The server ends a watch after 5 to 10 minutes, spread so that not all of them begin anew at once. */
const WATCH_SECONDS = { least: 300, spread: 300 };
/** Bookmarks come every minute or so; a connection that is silent for longer is dead. */
const STALE_MS = 150_000;

/** What a reflector keeps in step with the API server. */
export interface ReflectorOptions<T extends Kept> {
  /** For the log and metrics, such as `pods`. */
  readonly kind: string;
  /** The list over all namespaces. */
  readonly path: string;
  readonly client: Pick<KubernetesClient, 'get' | 'stream'>;
  readonly store: Store<T>;
  /** Reduces an object to what decisions need. */
  readonly trim: (object: KubernetesObject) => T;
  readonly log: Logger;
  /** A watch was begun: the first one, or again for a reason. */
  readonly onWatch?: (reason: 'first' | 'ended' | 'failed' | 'expired') => void;
  readonly random?: () => number;
  readonly staleMs?: number;
}

/** A running list and watch. */
export interface Reflector {
  /** Resolves when the first list is in the store. */
  readonly synced: Promise<void>;
  stop(): Promise<void>;
}

/** Lists a kind page by page and then follows one watch, over ends, errors and expired history. */
export function startReflector<T extends Kept>(options: ReflectorOptions<T>): Reflector {
  const { client, store, log, kind } = options;
  const random = options.random ?? Math.random;
  const ending = new AbortController();
  const { signal } = ending;
  const backoff = createBackoff({ ...BACKOFF, random });
  const { promise: synced, resolve: nowSynced } = Promise.withResolvers<void>();
  let version: string | undefined;

  const list = async (): Promise<void> => {
    const objects: T[] = [];
    version = await listPages(client, options.path, (object) => objects.push(options.trim(object)));
    if (signal.aborted) return;
    store.replace(objects);
    nowSynced();
  };

  /** Follows one watch until it ends; throws when it fails. */
  const watch = async (from: string): Promise<void> => {
    const connection = new AbortController();
    const stop = (): void => {
      connection.abort();
    };
    signal.addEventListener('abort', stop);
    let stale: NodeJS.Timeout | undefined;
    const alive = (): void => {
      clearTimeout(stale);
      stale = setTimeout(stop, options.staleMs ?? STALE_MS);
    };
    try {
      alive();
      const query = {
        watch: true,
        allowWatchBookmarks: true,
        resourceVersion: from,
        timeoutSeconds: Math.round(WATCH_SECONDS.least + WATCH_SECONDS.spread * random()),
      };
      const response = await client.stream(options.path, query, connection.signal);
      for await (const event of readWatch(response)) {
        alive();
        if (event.type === 'ERROR') throw new KubernetesError(event.object.code ?? 500, event.object, kind);
        const { object } = event;
        if (event.type === 'DELETED') store.delete(object.metadata.namespace ?? '', object.metadata.name);
        else if (event.type !== 'BOOKMARK') store.set(options.trim(object));
        version = object.metadata.resourceVersion;
        backoff.reset();
      }
    } finally {
      clearTimeout(stale);
      signal.removeEventListener('abort', stop);
      connection.abort();
    }
  };

  const run = async (): Promise<void> => {
    let reason: 'first' | 'ended' | 'failed' | 'expired' = 'first';
    while (!signal.aborted) {
      try {
        if (version === undefined) await list();
        if (version === undefined) continue;
        options.onWatch?.(reason);
        await watch(version);
        reason = 'ended';
      } catch (error) {
        if (signal.aborted) return;
        reason = isExpired(error) ? 'expired' : 'failed';
        if (reason === 'expired') version = undefined;
        log.warn({ kind, reason, err: error }, 'a list or watch failed; it begins again');
      }
      await sleep(backoff.next(), undefined, { signal }).catch(() => undefined);
    }
  };
  const running = run();
  return {
    synced,
    async stop() {
      ending.abort();
      await running;
    },
  };
}
