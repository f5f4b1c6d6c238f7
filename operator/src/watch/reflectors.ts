import type { Logger } from '@culvert/runtime/log';
import type { KubernetesClient } from '../kubernetes/client.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { LISTS } from '../kubernetes/paths.ts';
import { startReflector, type Reflector } from './reflector.ts';
import type { Kept, Store } from './store.ts';
import type { Stores } from './stores.ts';
import { trimPod } from './trim-pod.ts';
import { trimPolicy } from './trim-policy.ts';
import { trimNamespace, trimService } from './trim.ts';

/** One list and watch for each kind. */
export interface Reflectors {
  /** Policies and namespaces, which admission needs on every replica; resolves when they are known. */
  startForAll(): Promise<void>;
  /** Pods and Services, which only the leader needs. */
  startForLeader(): Promise<void>;
  stop(): Promise<void>;
}

/** Builds reflectors that fill the stores; nothing starts yet. */
export function createReflectors(
  client: KubernetesClient,
  stores: Stores,
  onWatch: (kind: string, reason: string) => void,
  log: Logger,
): Reflectors {
  const running: Reflector[] = [];
  const start = async <T extends Kept>(
    kind: keyof Stores,
    store: Store<T>,
    trim: (object: KubernetesObject) => T,
  ): Promise<void> => {
    const reflector = startReflector({
      kind,
      path: LISTS[kind],
      client,
      store,
      trim,
      log,
      onWatch: (reason) => {
        onWatch(kind, reason);
      },
    });
    running.push(reflector);
    await reflector.synced;
  };
  return {
    async startForAll() {
      await Promise.all([
        start('capturePolicies', stores.capturePolicies, trimPolicy),
        start('namespaces', stores.namespaces, trimNamespace),
      ]);
    },
    async startForLeader() {
      await Promise.all([
        start('pods', stores.pods, trimPod),
        start('services', stores.services, trimService),
      ]);
    },
    async stop() {
      await Promise.all(running.map((reflector) => reflector.stop()));
    },
  };
}
