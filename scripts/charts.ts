/**
 * What the charts take from elsewhere and what is derived from them: the definitions in charts/culvert-crds and the
 * reference page of the values. `--write` renews them, `--check` fails when they are out of date.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { parse } from 'yaml';
import { renderValues, type ValuesSchema } from './charts/render-values.ts';
import { writeOrCheck } from './drift.ts';
import { root } from './root.ts';

const CHART = 'charts/culvert';
const DEFINITIONS = 'charts/culvert-crds/files';

const check = argv.includes('--check');
const definitions = globSync('*.yaml', { cwd: join(root, 'crds') }).sort();
for (const file of definitions)
  writeOrCheck(`${DEFINITIONS}/${file}`, read(`crds/${file}`), check, 'make docs');
for (const file of globSync('*', { cwd: join(root, DEFINITIONS) })) {
  if (definitions.includes(file)) continue;
  console.log(`${DEFINITIONS}/${file} is no longer in crds/: remove it`);
  process.exitCode = 1;
}

const schema = JSON.parse(read(`${CHART}/values.schema.json`)) as ValuesSchema;
const values: unknown = parse(read(`${CHART}/values.yaml`));
writeOrCheck('docs/reference/helm-values.md', renderValues(schema, values), check, 'make docs');

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
