import { isDeepStrictEqual } from 'node:util';
import type { ObjectMetadata } from '../kubernetes/objects.ts';

/** What a store holds: an object trimmed to what decisions need. */
export interface Kept {
  readonly metadata: ObjectMetadata;
}

/** Called after an object has come, changed or gone. */
export type OnChange<T> = (after: T | undefined, before: T | undefined) => void;

/** The objects of one kind as the last watch event left them, by namespace and name. */
export interface Store<T extends Kept> {
  readonly size: number;
  get(namespace: string, name: string): T | undefined;
  /** Objects of one namespace; for kinds without namespaces, all. */
  inNamespace(namespace: string): readonly T[];
  namespaces(): readonly string[];
  /** Whether a first list is complete. */
  readonly synced: boolean;
  onChange(listener: OnChange<T>): void;
  set(object: T): void;
  delete(namespace: string, name: string): void;
  /** Takes over a complete list: what it lacks is gone. */
  replace(objects: readonly T[]): void;
}

/**
 * Builds an empty store.
 *
 * @param significant what of an object listeners care about; without, all of it
 */
export function createStore<T extends Kept>(
  significant: (object: T) => unknown = (object) => object,
): Store<T> {
  const byNamespace = new Map<string, Map<string, T>>();
  const listeners: OnChange<T>[] = [];
  let size = 0;
  let synced = false;

  const tell = (after: T | undefined, before: T | undefined): void => {
    if (after !== undefined && before !== undefined) {
      if (isDeepStrictEqual(significant(after), significant(before))) return;
    }
    for (const listener of listeners) listener(after, before);
  };
  const set = (object: T): void => {
    const { namespace = '', name } = object.metadata;
    let names = byNamespace.get(namespace);
    if (names === undefined) {
      names = new Map<string, T>();
      byNamespace.set(namespace, names);
    }
    const before = names.get(name);
    if (before === undefined) size++;
    names.set(name, object);
    tell(object, before);
  };
  const remove = (namespace: string, name: string): void => {
    const names = byNamespace.get(namespace);
    const before = names?.get(name);
    if (names === undefined || before === undefined) return;
    names.delete(name);
    if (names.size === 0) byNamespace.delete(namespace);
    size--;
    tell(undefined, before);
  };

  return {
    get size() {
      return size;
    },
    get synced() {
      return synced;
    },
    get: (namespace, name) => byNamespace.get(namespace)?.get(name),
    inNamespace: (namespace) => [...(byNamespace.get(namespace)?.values() ?? [])],
    namespaces: () => [...byNamespace.keys()],
    onChange(listener) {
      listeners.push(listener);
    },
    set,
    delete: remove,
    replace(objects) {
      const listed = new Map<string, Set<string>>();
      for (const { metadata } of objects) {
        const names = listed.get(metadata.namespace ?? '');
        if (names === undefined) listed.set(metadata.namespace ?? '', new Set([metadata.name]));
        else names.add(metadata.name);
      }
      for (const [namespace, names] of byNamespace)
        for (const name of names.keys())
          if (listed.get(namespace)?.has(name) !== true) remove(namespace, name);
      synced = true;
      for (const object of objects) set(object);
    },
  };
}
