/** The part of a JSON Schema that values.schema.json uses. */
export interface ValuesSchema {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly properties?: Readonly<Record<string, ValuesSchema>>;
  readonly $ref?: string;
  readonly const?: unknown;
  readonly oneOf?: readonly ValuesSchema[];
}

interface Row {
  readonly path: string;
  readonly type: string;
  readonly fallback: unknown;
  readonly meaning: string;
}

/** What the schema's definitions are called in words. */
const DEFINED: Readonly<Record<string, string>> = {
  resources: 'requests, limits',
  quantity: 'quantity',
  texts: 'map of texts',
  variables: 'map of values',
};
/** Keys that no one sets. */
const UNUSED = ['global'];

/**
 * The reference page of a chart's values, in Markdown.
 *
 * @param schema values.schema.json, which says what each value means
 * @param defaults values.yaml
 * @throws Error naming each value that has no description or no default
 */
export function renderValues(schema: ValuesSchema, defaults: unknown): string {
  const sections: string[] = [];
  const general: Row[] = [];
  const problems: string[] = [];
  for (const [name, part] of Object.entries(schema.properties ?? {})) {
    if (UNUSED.includes(name)) continue;
    const rows = rowsOf(name, part, property(defaults, name), problems);
    if (part.properties === undefined) general.push(...rows);
    else sections.push('', `## ${name}`, '', escaped(part.description ?? ''), '', ...table(rows));
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return [
    '# Helm values',
    '',
    '<!-- Written by `make docs` from charts/culvert/values.schema.json and values.yaml. Change them, not this page. -->',
    '',
    'What the chart `culvert` can be told. A name that is not listed here is refused, and so is a value of another kind.',
    '',
    ...table(general),
    ...sections,
    '',
  ].join('\n');
}

function rowsOf(path: string, schema: ValuesSchema, fallback: unknown, problems: string[]): Row[] {
  if (schema.description === undefined) problems.push(`${path} has no description in values.schema.json`);
  if (fallback === undefined) problems.push(`${path} has no default in values.yaml`);
  // A free object with suggested keys, such as a reference, is one value.
  const nested = schema.properties !== undefined && Object.keys(fallback ?? {}).length > 0;
  if (!nested)
    return [{ path, type: typeOf(path, schema, problems), fallback, meaning: schema.description ?? '' }];
  for (const name of Object.keys(fallback as object)) {
    if (!(name in schema.properties)) problems.push(`${path}.${name} is not in values.schema.json`);
  }
  return Object.entries(schema.properties).flatMap(([name, part]) =>
    rowsOf(`${path}.${name}`, part, property(fallback, name), problems),
  );
}

function typeOf(path: string, schema: ValuesSchema, problems: string[]): string {
  if (schema.enum !== undefined) return schema.enum.map((word) => `\`${word}\``).join(', ');
  if (schema.$ref !== undefined) return DEFINED[schema.$ref.split('/').at(-1) ?? ''] ?? 'value';
  // An empty text stands for none.
  const kinds = schema.oneOf?.filter((kind) => kind.const !== '');
  if (kinds !== undefined) return kinds.map((kind) => typeOf(path, kind, problems)).join(', ');
  if (schema.type === undefined) problems.push(`${path} has no type in values.schema.json`);
  return (
    { string: 'text', array: 'list', object: 'map', boolean: 'true, false' }[String(schema.type)] ??
    String(schema.type)
  );
}

function table(rows: readonly Row[]): string[] {
  return [
    '| value | kind | default | meaning |',
    '| --- | --- | --- | --- |',
    ...rows.map(({ path, type, fallback, meaning }) => {
      const shown =
        fallback === ''
          ? 'none'
          : `\`${typeof fallback === 'string' ? fallback : JSON.stringify(fallback)}\``;
      return `| \`${path}\` | ${type} | ${shown} | ${escaped(meaning)} |`;
    }),
  ];
}

function escaped(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;');
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}
