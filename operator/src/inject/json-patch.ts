/** One operation of a JSON patch (RFC 6902), of those that injection needs. */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

/** A JSON pointer (RFC 6901) from its parts. */
export function pointer(...parts: readonly (string | number)[]): string {
  return parts.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/**
 * Adds entries to a map that may be missing.
 *
 * @param present the map as it is
 */
export function addEntries(
  path: readonly string[],
  present: Readonly<Record<string, unknown>> | null | undefined,
  entries: Readonly<Record<string, unknown>>,
): readonly PatchOperation[] {
  if (present == null) return [{ op: 'add', path: pointer(...path), value: entries }];
  return Object.entries(entries)
    .filter(([key, value]) => present[key] !== value)
    .map(([key, value]) => ({ op: 'add', path: pointer(...path, key), value }));
}

/** Removes an entry from a map, where it is there. */
export function removeEntry(
  path: readonly string[],
  present: Readonly<Record<string, unknown>> | null | undefined,
  key: string,
): readonly PatchOperation[] {
  return present?.[key] === undefined ? [] : [{ op: 'remove', path: pointer(...path, key) }];
}

/** Puts items before all others of a list that may be missing. */
export function prepend(
  path: readonly string[],
  present: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): readonly PatchOperation[] {
  if (present == null) return [{ op: 'add', path: pointer(...path), value: items }];
  return items.map((value, index) => ({ op: 'add', path: pointer(...path, index), value }));
}

/** Puts items behind all others of a list that may be missing. */
export function append(
  path: readonly string[],
  present: readonly unknown[] | null | undefined,
  items: readonly unknown[],
): readonly PatchOperation[] {
  if (present == null) return [{ op: 'add', path: pointer(...path), value: items }];
  return items.map((value) => ({ op: 'add', path: `${pointer(...path)}/-`, value }));
}
