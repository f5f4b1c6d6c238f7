import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';

interface LockFile {
  readonly packages: Readonly<
    Record<
      string,
      { readonly resolved?: string; readonly optionalDependencies?: Readonly<Record<string, string>> }
    >
  >;
}

/**
 * What is wrong with package-lock.json, one sentence each.
 *
 * It names no registry, so that everybody can use their own. And it names the optional packages of every platform:
 * `npm install` leaves out those that its registry doesn't have, and `npm ci` then refuses the file.
 */
export function lockFileProblems(): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  const problems: string[] = [];
  for (const [path, { resolved, optionalDependencies = {} }] of Object.entries(packages)) {
    if (resolved?.startsWith('http')) {
      problems.push(`package-lock.json names a registry for ${path}: install with the committed .npmrc`);
    }
    for (const name of Object.keys(optionalDependencies)) {
      if (`node_modules/${name}` in packages || `${path}/node_modules/${name}` in packages) continue;
      problems.push(
        `package-lock.json has no entry for ${name}, an optional package of ${path || 'the project'}: ` +
          'add one like its siblings (version, cpu, os, optional)',
      );
    }
  }
  return problems;
}
