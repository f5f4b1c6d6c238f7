import type { SchemaNode } from '@culvert/crds/schema-node';
import { isObject } from './problem.ts';

/**
 * A value with its schema's defaults, as the API server fills them in: below objects that are there, defaults included;
 * a null stands for a field that is not there.
 */
export function withDefaults(schema: SchemaNode, value: unknown): unknown {
  const { items, additionalProperties, properties } = schema;
  if (Array.isArray(value))
    return items === undefined ? value : value.map((item: unknown) => withDefaults(items, item));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).filter(([, part]) => part !== null);
  const filled = new Map(
    entries.map(([name, part]) => {
      const below = properties?.[name] ?? additionalProperties;
      return [name, below === undefined ? part : withDefaults(below, part)] as const;
    }),
  );
  for (const [name, below] of Object.entries(properties ?? {}))
    if (!filled.has(name) && below.default !== undefined)
      filled.set(name, withDefaults(below, below.default));
  return Object.fromEntries(filled);
}
