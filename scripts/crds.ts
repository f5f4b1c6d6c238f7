/**
 * What is derived from the CustomResourceDefinitions: TypeScript types and schemas in crds/src, and their reference
 * pages. `--write` renews them, `--check` fails when they are out of date; `--code` or `--pages` does so for one of both.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { format, resolveConfig } from 'prettier';
import { renderPage } from './crds/page.ts';
import { readDefinition } from './crds/schema.ts';
import { renderSchema, renderTypes } from './crds/types.ts';
import { writeOrCheck } from './drift.ts';
import { root } from './root.ts';

const DEFINITIONS = [
  {
    file: 'crds/capturepolicies.yaml',
    name: 'capture-policy',
    examples: ['first', 'errors', 'careful'],
  },
];

const check = argv.includes('--check');
for (const { file, name, examples } of DEFINITIONS) {
  const definition = readDefinition(file);
  if (!argv.includes('--pages')) {
    await derive(`crds/src/${name}.ts`, renderTypes(definition));
    await derive(`crds/src/${name}.schema.json`, renderSchema(definition));
  }
  if (!argv.includes('--code')) {
    const files = examples.map((example) => `crds/examples/${name}-${example}.yaml`);
    const texts = files.map((file) => ({ file, text: readFileSync(join(root, file), 'utf8') }));
    const notes = readFileSync(join(root, `crds/notes/${name}.md`), 'utf8');
    writeOrCheck(`docs/reference/${name}.md`, renderPage(definition, texts, notes), check, 'make docs');
  }
}

async function derive(path: string, source: string): Promise<void> {
  const style = await resolveConfig(join(root, path));
  writeOrCheck(path, await format(source, { ...style, filepath: path }), check, 'make generate');
}
