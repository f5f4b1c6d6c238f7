/**
 * The wire contract's generated code: `--write` renews proto/src/generated, `--check` generates into a temporary
 * folder and fails where the two differ.
 */
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { root } from './root.ts';

const COMMITTED = join(root, 'proto/src/generated');

if (argv.includes('--write')) generateInto('.');
else check();

function generateInto(folder: string): void {
  const buf = join(root, 'node_modules/@bufbuild/buf/bin/buf');
  execFileSync(process.execPath, [buf, 'generate', '--output', folder], {
    cwd: join(root, 'proto'),
    stdio: 'inherit',
  });
}

function check(): void {
  const temporary = mkdtempSync(join(tmpdir(), 'culvert-generated-'));
  try {
    generateInto(temporary);
    const fresh = join(temporary, 'src/generated');
    const files = new Set([...listFiles(COMMITTED), ...listFiles(fresh)]);
    const different = [...files].filter((file) => contents(COMMITTED, file) !== contents(fresh, file));
    for (const file of different) console.log(`proto/src/generated/${file} is not what buf generates`);
    if (different.length > 0) {
      console.log('run `make generate` and commit what it writes');
      process.exitCode = 1;
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

function listFiles(folder: string): string[] {
  return globSync('**/*.ts', { cwd: folder });
}

function contents(folder: string, file: string): string | undefined {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch {
    return undefined;
  }
}
