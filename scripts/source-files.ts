import { globSync } from 'node:fs';
import { root, workspaces } from './root.ts';

const GENERATED = /(^|\/)generated\//;

/** Every TypeScript file that people write, relative to the root and sorted. */
export function sourceFiles(): string[] {
  const folders = ['scripts', ...workspaces];
  return globSync(
    folders.map((folder) => `${folder}/**/*.ts`),
    { cwd: root, exclude: ['**/node_modules'] },
  )
    .filter((file) => !GENERATED.test(file))
    .sort();
}

/** The test files among {@link sourceFiles}. */
export function testFiles(): string[] {
  return sourceFiles().filter((file) => file.endsWith('.test.ts'));
}
