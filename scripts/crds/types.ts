import type { SchemaNode } from '@culvert/crds/schema-node';
import type { Definition } from './schema.ts';

/**
 * The TypeScript types of a kind as the API server stores it: what has a default is always there.
 *
 * @returns source text that still needs formatting
 */
export function renderTypes({ file, group, version, kind, schema }: Definition): string {
  const { spec, status } = schema.properties ?? {};
  if (spec === undefined || status === undefined) throw new Error(`${file} lacks spec or status`);
  return `// Written by \`make generate\` from ${file}. Change that file, not this one.
import type { ObjectMeta } from './object-meta.ts';

${comment(schema)}export interface ${kind} {
  readonly apiVersion: '${group}/${version}';
  readonly kind: '${kind}';
  readonly metadata: ObjectMeta;
  readonly spec: ${kind}Spec;
  readonly status?: ${kind}Status;
}

${comment(spec)}export interface ${kind}Spec ${renderType(spec)}

${comment(status)}export interface ${kind}Status ${renderType(status)}
`;
}

/** The schema without descriptions, for those who must validate without reading YAML. */
export function renderSchema({ schema }: Definition): string {
  return JSON.stringify(withoutDescriptions(schema));
}

function withoutDescriptions(node: SchemaNode): SchemaNode {
  const { description: _, properties, additionalProperties, items, ...rest } = node;
  return {
    ...rest,
    ...(properties && {
      properties: Object.fromEntries(
        Object.entries(properties).map(([name, child]) => [name, withoutDescriptions(child)]),
      ),
    }),
    ...(additionalProperties && { additionalProperties: withoutDescriptions(additionalProperties) }),
    ...(items && { items: withoutDescriptions(items) }),
  };
}

function renderType(node: SchemaNode): string {
  if (node['x-kubernetes-int-or-string'] === true) return 'number | string';
  if (node.enum !== undefined) return node.enum.map((word) => JSON.stringify(word)).join(' | ');
  if (node.items !== undefined) return `readonly (${renderType(node.items)})[]`;
  if (node.additionalProperties !== undefined)
    return `Readonly<Record<string, ${renderType(node.additionalProperties)}>>`;
  if (node.properties !== undefined) return renderObject(node);
  if (node.type === 'integer') return 'number';
  if (node.type === 'string' || node.type === 'boolean') return node.type;
  throw new Error(`no type for ${JSON.stringify(node)}`);
}

function renderObject({ properties = {}, required = [] }: SchemaNode): string {
  const fields = Object.entries(properties).map(([name, node]) => {
    const optional = required.includes(name) || node.default !== undefined ? '' : '?';
    return `${comment(node)}readonly ${name}${optional}: ${renderType(node)};`;
  });
  return `{\n${fields.join('\n')}\n}`;
}

/** A doc comment of lines that stay below the printed width. */
function comment({ description = '' }: SchemaNode): string {
  const lines = [''];
  for (const word of description.split(/\s+/)) {
    if (`${lines.at(-1)} ${word}`.length > 90) lines.push('');
    lines.push(`${lines.pop()} ${word}`.trim());
  }
  return lines.length === 1
    ? `/** ${lines[0]} */\n`
    : `/**\n${lines.map((line) => ` * ${line}\n`).join('')} */\n`;
}
