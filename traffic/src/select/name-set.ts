import { readsWithoutCase, utf8 } from './spans.ts';

/** Field names to look for, sorted by length: most lines are passed over by their length alone. */
export interface NameSet {
  readonly byLength: readonly (readonly Uint8Array[] | undefined)[];
}

/** A set of field names; their case does not matter (RFC 9110 §5.1). */
export function createNameSet(names: readonly string[]): NameSet {
  const byLength: Uint8Array[][] = [];
  for (const name of new Set(names.map((candidate) => candidate.toLowerCase()))) {
    const bytes = utf8(name);
    if (bytes.length > 0) (byLength[bytes.length] ??= []).push(bytes);
  }
  return { byLength };
}

/** Whether the name from `start` to `end` is in the set. */
export function hasName(set: NameSet, bytes: Uint8Array, start: number, end: number): boolean {
  const candidates = set.byLength[end - start];
  if (candidates === undefined) return false;
  for (const candidate of candidates) if (readsWithoutCase(bytes, start, candidate)) return true;
  return false;
}
