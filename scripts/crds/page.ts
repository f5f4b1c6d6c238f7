import type { SchemaNode } from '@culvert/crds/schema-node';
import type { Definition } from './schema.ts';
import { fieldsOf, type FieldRow } from './fields.ts';

/** An example resource: YAML that begins with a comment which says what it is for. */
export interface Example {
  readonly file: string;
  readonly text: string;
}

/** The reference page of a kind, in Markdown. @param notes sections that no schema says */
export function renderPage(definition: Definition, examples: readonly Example[], notes: string): string {
  const { kind, group, version, shortNames, schema, columns, file } = definition;
  const { spec, status } = schema.properties ?? {};
  const short = shortNames.map((name) => `\`kubectl get ${name}\``).join(', ');
  return [
    `# ${kind}`,
    '',
    `<!-- Written by \`make docs\` from ${file}. Change that file, not this one. -->`,
    '',
    schema.description ?? '',
    '',
    `API version \`${group}/${version}\`, namespaced. Short: ${short}; \`kubectl get culvert\` lists all kinds of Culvert.`,
    '',
    '## Examples',
    '',
    ...examples.flatMap(renderExample),
    notes.trimEnd(),
    '',
    '## spec',
    '',
    ...renderTable(spec ?? {}, 'spec'),
    '## status',
    '',
    ...renderTable(status ?? {}, 'status'),
    '## Columns of `kubectl get`',
    '',
    '| column | meaning |',
    '| --- | --- |',
    ...columns.map(({ name, description = '' }) => `| ${name} | ${description} |`),
    '',
  ].join('\n');
}

function renderExample({ text }: Example): string[] {
  const lines = text.trimEnd().split('\n');
  const start = lines.findIndex((line) => !line.startsWith('#'));
  const purpose = lines.slice(0, start).map((line) => line.replace(/^# ?/, ''));
  return [...purpose, '', '```yaml', ...lines.slice(start), '```', ''];
}

function renderTable(node: SchemaNode, path: string): string[] {
  return [
    node.description ?? '',
    '',
    '| field | value | default | meaning |',
    '| --- | --- | --- | --- |',
    ...fieldsOf(node, path).map(renderRow),
    '',
  ];
}

function renderRow({ path, value, fallback, meaning, rules }: FieldRow): string {
  const sentences = rules.map((rule) => `<br>Refused with “${rule}”.`);
  const cells = [`\`${path}\``, value, fallback, [meaning, ...sentences].join('')];
  return `| ${cells.map((cell) => cell.replaceAll(/[|*]/g, '\\$&')).join(' | ')} |`;
}
