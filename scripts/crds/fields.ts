import type { SchemaNode } from '@culvert/crds/schema-node';

/** A field on a reference page. */
export interface FieldRow {
  /** From the top, with `[]` for items of a list. */
  readonly path: string;
  /** The kind of value and its bounds. */
  readonly value: string;
  readonly fallback: string;
  readonly meaning: string;
  /** Messages of the rules about it. */
  readonly rules: readonly string[];
}

/** The fields below a place in a schema, each before those within it. */
export function fieldsOf(node: SchemaNode, path: string): readonly FieldRow[] {
  const seen = new Map<string, string>();
  return Object.entries(node.properties ?? {}).flatMap(([name, child]) => {
    const required = node.required?.includes(name) === true;
    const row = rowOf(child, `${path}.${name}`, required);
    const shape = JSON.stringify(child.items?.properties ?? null);
    const same = shape === 'null' ? undefined : seen.get(shape);
    if (same !== undefined)
      return [{ ...row, meaning: `${row.meaning} The fields are those of \`${same}\`.` }];
    seen.set(shape, row.path);
    return [row, ...below(child, row.path)];
  });
}

function below(node: SchemaNode, path: string): readonly FieldRow[] {
  if (node.items?.properties !== undefined) return fieldsOf(node.items, `${path}[]`);
  return fieldsOf(node, path);
}

function rowOf(node: SchemaNode, path: string, required: boolean): FieldRow {
  return {
    path,
    value: valueOf(node),
    fallback: required ? 'required' : defaultOf(node),
    meaning: [node.description, node.items?.description].filter((text) => text !== undefined).join(' '),
    rules: [node, ...[node.items, node.additionalProperties].filter((child) => child !== undefined)].flatMap(
      (child) => (child['x-kubernetes-validations'] ?? []).map(({ message }) => message),
    ),
  };
}

function valueOf(node: SchemaNode): string {
  if (node['x-kubernetes-int-or-string'] === true) return 'whole number or text';
  if (node.enum !== undefined) return node.enum.map((word) => `\`${word}\``).join(', ');
  if (node.items !== undefined) return listOf(node, node.items);
  if (node.additionalProperties !== undefined)
    return `map of text${range(undefined, node.maxProperties, 'entries')}`;
  if (node.type === 'integer') return `whole number${range(node.minimum, node.maximum, '')}`;
  if (node.format === 'date-time') return 'time';
  if (node.type === 'string') return `text${range(node.minLength, node.maxLength, 'characters')}`;
  return node.type ?? '';
}

function listOf(node: SchemaNode, items: SchemaNode): string {
  const [word, ...bounds] = valueOf(items).split(', ');
  const kind =
    items.type === 'object' ? 'objects' : bounds.length > 0 ? `${word} (${bounds.join(', ')})` : word;
  const keys = node['x-kubernetes-list-map-keys'];
  const once =
    node['x-kubernetes-list-type'] === 'set' ? ', each once' : keys ? `, each \`${keys.join()}\` once` : '';
  return `list of ${kind}${range(node.minItems, node.maxItems, 'items')}${once}`;
}

function range(least: number | undefined, most: number | undefined, unit: string): string {
  const words = unit === '' ? '' : ` ${unit}`;
  if (most === undefined) return least === undefined ? '' : `, from ${least}${words}`;
  if (least === undefined) return unit === '' ? `, to ${most}` : `, at most ${most}${words}`;
  return `, ${least}–${most}${words}`;
}

function defaultOf({ default: fallback }: SchemaNode): string {
  if (fallback === undefined) return '';
  return `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
}
