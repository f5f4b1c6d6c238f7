import type { SeriesOwner } from './group.ts';

/** A position in the paths of an owner that has too many values: what stands there is folded. */
export interface PathFold extends SeriesOwner {
  /** The template up to the position, without the slash before it. */
  readonly prefix: string;
}

/** The positions that have been learned, of all owners. */
export interface PathFolds {
  add(fold: PathFold): void;
  /** How many positions have been learned of an owner. */
  count(owner: SeriesOwner): number;
  /** A template with what is learned folded. */
  apply(owner: SeriesOwner, template: string): string;
}

/** What stands at a folded position. */
export const FOLDED = '{value}';

/** Starts with nothing learned. */
export function createPathFolds(): PathFolds {
  const prefixes = new Map<string, Set<string>>();
  return {
    add(fold) {
      const owner = ownerKey(fold);
      const known = prefixes.get(owner);
      if (known === undefined) prefixes.set(owner, new Set([fold.prefix]));
      else known.add(fold.prefix);
    },
    count: (owner) => prefixes.get(ownerKey(owner))?.size ?? 0,
    apply(owner, template) {
      if (prefixes.size === 0) return template;
      const learned = prefixes.get(ownerKey(owner));
      return learned === undefined ? template : foldTemplate(template, learned);
    },
  };
}

/** One text for an owner. */
export function ownerKey({ cluster, namespace, workload }: SeriesOwner): string {
  return `${cluster}\0${namespace}\0${workload}`;
}

/** Replaces the words that stand at learned positions; what is a placeholder already says more, and stays. */
function foldTemplate(template: string, prefixes: ReadonlySet<string>): string {
  const segments = template.split('/');
  let prefix = segments[0] ?? '';
  for (let i = 1; i < segments.length; i++) {
    if (isWord(segments[i] as string) && prefixes.has(prefix)) segments[i] = FOLDED;
    prefix += `/${segments[i] as string}`;
  }
  return prefix;
}

/**
 * Finds the positions that have more than so many different words, the outermost ones only: what is below them may be
 * the same once they are folded.
 *
 * @param templates of one owner
 * @returns their prefixes
 */
export function learnFolds(templates: Iterable<string>, mostWords: number): string[] {
  const words = new Map<string, Set<string>>();
  for (const template of templates) {
    const segments = template.split('/');
    let prefix = segments[0] ?? '';
    for (const segment of segments.slice(1)) {
      if (isWord(segment)) {
        const known = words.get(prefix);
        if (known === undefined) words.set(prefix, new Set([segment]));
        else known.add(segment);
      }
      prefix += `/${segment}`;
    }
  }
  const crowded = [...words].filter(([, found]) => found.size > mostWords).map(([prefix]) => prefix);
  return crowded.filter((prefix) => !crowded.some((other) => prefix.startsWith(`${other}/`)));
}

function isWord(segment: string): boolean {
  return segment !== '' && segment !== '**' && !segment.startsWith('{');
}
