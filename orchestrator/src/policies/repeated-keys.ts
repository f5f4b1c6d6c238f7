import { isMap, isScalar, isSeq, type Node, type ParsedNode } from 'yaml';

/** A key that stands a second time in a mapping. */
export interface RepeatedKey {
  readonly key: string;
  /** Where it stands in the text. */
  readonly offset: number | undefined;
}

/** Merges the entries of another mapping (YAML 1.1) and may stand several times. */
const MERGE = '<<';

/**
 * Keys that stand twice in mappings of a document. The parser would look for them too, but by comparing each key with
 * each, which takes hours for a mapping of a megabyte.
 */
export function findRepeatedKeys(contents: ParsedNode | null): readonly RepeatedKey[] {
  const repeated: RepeatedKey[] = [];
  const waiting: unknown[] = [contents];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (isSeq(node)) for (const item of node.items) waiting.push(item);
    if (!isMap(node)) continue;
    const seen = new Set<string>();
    for (const { key, value } of node.items) {
      waiting.push(key, value);
      if (!isScalar(key) || key.value === MERGE) continue;
      const name = String(key.value);
      if (seen.has(name)) repeated.push({ key: name, offset: (key as Node).range?.[0] });
      seen.add(name);
    }
  }
  return repeated;
}
