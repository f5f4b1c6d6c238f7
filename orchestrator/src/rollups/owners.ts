import { ownerKey } from './path-folds.ts';
import type { SeriesOwner } from './group.ts';

/**
 * Bounds whose exchanges are counted apart. Which workload an agent belongs to is its own word, and agents' ids can be
 * made up as well, so the bound is on the namespace, which credentials are bound to.
 */
export interface OwnerBounds {
  /** The owner that exchanges are counted under: itself while there is room, else {@link OTHERS} of its namespace. */
  place(owner: SeriesOwner): SeriesOwner;
  /** Counts a template of a placed owner; false where the owner or its namespace has too many. */
  takeTemplate(owner: SeriesOwner, template: string): boolean;
  /** The templates of an owner. */
  templates(owner: SeriesOwner): ReadonlySet<string>;
  /** Adds what stands in the database, however much it is. */
  add(owner: SeriesOwner, template: string): void;
}

/** How much is counted apart. */
export interface OwnerLimits {
  readonly namespaces: number;
  readonly workloadsOfNamespace: number;
  readonly templatesOfNamespace: number;
  readonly templatesOfOwner: number;
}

/** What is counted together because there is too much of it; no name in Kubernetes has braces. */
export const OTHERS = '{others}';
/** An owner's paths beyond so many are counted together. */
export const MOST_TEMPLATES = 500;
/** A namespace's workloads beyond so many are counted together. */
export const MOST_WORKLOADS = 500;
const LIMITS: OwnerLimits = {
  namespaces: 5_000,
  workloadsOfNamespace: MOST_WORKLOADS,
  templatesOfNamespace: 20_000,
  templatesOfOwner: MOST_TEMPLATES,
};
const EMPTY: ReadonlySet<string> = new Set();

interface Namespace {
  /** Templates by workload. */
  readonly owners: Map<string, Set<string>>;
  templates: number;
}

/** Starts with nothing counted. */
export function createOwnerBounds(limits: OwnerLimits = LIMITS): OwnerBounds {
  const namespaces = new Map<string, Namespace>();
  const keyOf = ({ cluster, namespace }: SeriesOwner): string =>
    ownerKey({ cluster, namespace, workload: '' });
  const namespaceOf = (owner: SeriesOwner): Namespace => {
    const key = keyOf(owner);
    const known = namespaces.get(key) ?? { owners: new Map<string, Set<string>>(), templates: 0 };
    namespaces.set(key, known);
    return known;
  };
  const templatesOf = (owner: SeriesOwner): Set<string> => {
    const { owners } = namespaceOf(owner);
    const known = owners.get(owner.workload) ?? new Set<string>();
    owners.set(owner.workload, known);
    return known;
  };
  const add = (owner: SeriesOwner, template: string): void => {
    const known = templatesOf(owner);
    if (known.has(template)) return;
    known.add(template);
    namespaceOf(owner).templates++;
  };
  return {
    place(owner) {
      if (!namespaces.has(keyOf(owner)) && namespaces.size >= limits.namespaces)
        return { cluster: OTHERS, namespace: OTHERS, workload: OTHERS };
      const { owners } = namespaceOf(owner);
      const isRoom = owners.has(owner.workload) || owners.size < limits.workloadsOfNamespace;
      if (isRoom) templatesOf(owner);
      return isRoom ? owner : { ...owner, workload: OTHERS };
    },
    takeTemplate(owner, template) {
      const known = templatesOf(owner);
      if (known.has(template)) return true;
      if (known.size >= limits.templatesOfOwner) return false;
      if (namespaceOf(owner).templates >= limits.templatesOfNamespace) return false;
      add(owner, template);
      return true;
    },
    templates: (owner) => namespaces.get(keyOf(owner))?.owners.get(owner.workload) ?? EMPTY,
    add,
  };
}
