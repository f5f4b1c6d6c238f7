import { createStore, type Store } from './store.ts';
import type { TrimmedPod } from './trim-pod.ts';
import { significantOfPolicy, type KeptPolicy } from './trim-policy.ts';
import type { TrimmedNamespace, TrimmedService } from './trim.ts';

/** What the operator watches. */
export interface Stores {
  readonly capturePolicies: Store<KeptPolicy>;
  readonly namespaces: Store<TrimmedNamespace>;
  readonly pods: Store<TrimmedPod>;
  readonly services: Store<TrimmedService>;
}

/** Empty stores. */
export function createStores(): Stores {
  return {
    capturePolicies: createStore<KeptPolicy>(significantOfPolicy),
    namespaces: createStore<TrimmedNamespace>(),
    pods: createStore<TrimmedPod>(),
    services: createStore<TrimmedService>(),
  };
}
