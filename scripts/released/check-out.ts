import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../root.ts';

/**
 * Writes the files of a commit to a folder in which they find what they import: one another, and the packages that
 * are installed here.
 */
export function checkOut(commit: string, directory: string): void {
  const archive = execFileSync('git', ['archive', commit], { cwd: root, maxBuffer: 1024 ** 3 });
  execFileSync('tar', ['-x', '-C', directory], { input: archive });
  const modules = join(directory, 'node_modules');
  mkdirSync(join(modules, '@culvert'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules')))
    if (name !== '@culvert') symlinkSync(join(root, 'node_modules', name), join(modules, name));
  const { workspaces } = readPackage(directory) as { readonly workspaces: readonly string[] };
  for (const folder of workspaces) {
    const { name } = readPackage(join(directory, folder)) as { readonly name: string };
    symlinkSync(join(directory, folder), join(modules, name));
    // Packages of which several versions are installed.
    const own = join(root, folder, 'node_modules');
    if (existsSync(own)) symlinkSync(own, join(directory, folder, 'node_modules'));
  }
}

function readPackage(folder: string): unknown {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
}
