import type { SchemaNode } from '@culvert/crds/schema-node';

/** JSON Schema of a structural schema that refuses unknown fields, as `kubectl` does when it validates strictly. */
export function toJsonSchema(node: SchemaNode): Record<string, unknown> {
  const { properties, additionalProperties, items } = node;
  const keep = [
    'enum',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'maxProperties',
  ];
  return {
    type: node['x-kubernetes-int-or-string'] === true ? ['integer', 'string'] : node.type,
    ...Object.fromEntries(Object.entries(node).filter(([name]) => keep.includes(name))),
    ...(node.required && { required: node.required }),
    ...(node.format === 'date-time' && { format: node.format }),
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, toJsonSchema(child)]),
      ),
      additionalProperties: false,
    }),
    ...(additionalProperties && { additionalProperties: toJsonSchema(additionalProperties) }),
    ...(items && { items: toJsonSchema(items) }),
  };
}
