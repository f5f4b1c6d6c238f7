/**
 * The version of a release stands in package.json. This carries it to all other places: `--write` renews them, `--check`
 * fails where one differs. `npm version` of the project runs it, too.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { writeOrCheck } from './drift.ts';
import { withVersion } from './release/with-version.ts';
import { root, workspaces } from './root.ts';

const { version } = JSON.parse(read('package.json')) as { readonly version: string };
const places = [
  'package-lock.json',
  ...workspaces.map((folder) => `${folder}/package.json`),
  ...globSync('charts/*/Chart.yaml', { cwd: root }).sort(),
  ...globSync('images/*.Dockerfile', { cwd: root }).sort(),
  'runtime/src/version.ts',
];
for (const path of places)
  writeOrCheck(path, withVersion(path, read(path), version), argv.includes('--check'), 'make docs');

function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}
