/**
 * What is derived from the CustomResourceDefinitions: TypeScript types and schemas in crds/src, and their reference
 * pages. `--write` renews them, `--check` fails when they are out of date.
 */
import { join } from 'node:path';
import { argv } from 'node:process';
import { format, resolveConfig } from 'prettier';
import { readDefinition } from './crds/schema.ts';
import { renderSchema, renderTypes } from './crds/types.ts';
import { writeOrCheck } from './drift.ts';
import { root } from './root.ts';

const DEFINITIONS = [{ file: 'crds/capturepolicies.yaml', name: 'capture-policy' }];

const check = argv.includes('--check');
for (const { file, name } of DEFINITIONS) {
  const definition = readDefinition(file);
  const derived = [
    { path: `crds/src/${name}.ts`, source: renderTypes(definition) },
    { path: `crds/src/${name}.schema.json`, source: renderSchema(definition) },
  ];
  for (const { path, source } of derived) {
    const style = await resolveConfig(join(root, path));
    writeOrCheck(path, await format(source, { ...style, filepath: path }), check, 'make generate');
  }
}
