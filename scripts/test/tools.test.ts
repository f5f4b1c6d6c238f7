import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '../root.ts';
import { sourceFiles } from '../source-files.ts';
import { createImports } from './imports.ts';
import { TOOLS } from './tools.ts';

/** What downloads or builds a program that is missing. */
const INSTALLERS = ['debian-package', 'debian-program', 'kubernetes-binaries', 'nats-binary'].map(
  (name) => `demo/src/launcher/${name}.ts`,
);
/** Benchmarks, what brings a cluster up and what tries a release install before they begin; the launcher's own tests install nothing. */
const OTHERWISE =
  /^e2e\/(?:src\/bench|cluster)\/|^scripts\/(?:test\/|release-check\.ts$)|^demo\/src\/launcher\/[^/]*\.test\.ts$/;

test('every file by which tests get a program that may be missing is known, so that it is installed first', () => {
  const known = new Set(TOOLS.flatMap(({ startedBy }) => startedBy));
  const imports = createImports(root);

  const unknown = sourceFiles()
    .filter((file) => !OTHERWISE.test(file) && !INSTALLERS.includes(file))
    .filter((file) => imports.direct(file).some((name) => INSTALLERS.includes(name)) && !known.has(file));

  assert.deepEqual(unknown, [], 'name it in scripts/test/tools.ts');
});

test('every file that a tool names is there', () => {
  const missing = TOOLS.flatMap(({ startedBy }) => startedBy).filter((file) => !existsSync(join(root, file)));

  assert.deepEqual(missing, []);
});

test('a test that starts an API server by way of other files waits for it', () => {
  const server = TOOLS.find(({ name }) => name === 'API server');
  const reached = createImports(root).all('operator/src/resilience.test.ts');

  assert.ok(server?.startedBy.some((file) => reached.has(file)));
});
