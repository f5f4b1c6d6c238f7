import type { SchemaNode } from '@culvert/crds/schema-node';
import { childPath, isObject, shorten } from './problem.ts';

/** Items that stand twice in lists which are sets, or maps by some of their fields; one sentence each. */
export function findDuplicates(schema: SchemaNode, value: unknown, path: string): readonly string[] {
  const { items, properties, additionalProperties } = schema;
  if (Array.isArray(value)) {
    const identity = identityOf(schema);
    const seen = new Set<string>();
    return value.flatMap((item: unknown, index) => {
      const below = items === undefined ? [] : findDuplicates(items, item, childPath(path, index));
      const key = identity?.(item);
      if (key === undefined) return below;
      if (seen.has(key))
        return [`${childPath(path, index)} repeats ${shorten(key)}: remove one of them`, ...below];
      seen.add(key);
      return below;
    });
  }
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, part]) => {
    const below = properties?.[name] ?? additionalProperties;
    return below === undefined ? [] : findDuplicates(below, part, childPath(path, name));
  });
}

function identityOf(schema: SchemaNode): ((item: unknown) => string) | undefined {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return identify;
    case 'map':
      return (item) => keys.map((key) => identify(isObject(item) ? item[key] : undefined)).join();
    default:
      return undefined;
  }
}

/** Different for different values, however long they are. */
function identify(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
