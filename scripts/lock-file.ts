import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './root.ts';

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>
  >;
}

/**
 * What is wrong with package-lock.json, one sentence each.
 *
 * It names no registry, so that everybody can use their own. And it names the optional packages of every platform:
 * `npm install` leaves out those that its registry doesn't have, and `npm ci` then refuses the file.
 */
export function lockFileProblems(): string[] {
  const text = readFileSync(join(root, 'package-lock.json'), 'utf8');
  const { packages } = JSON.parse(text) as LockFile;
  const problems: string[] = [];
  if (/"resolved": "https?:/.test(text)) {
    problems.push('package-lock.json names a registry: install with the committed .npmrc');
  }
  for (const [path, { optionalDependencies = {} }] of Object.entries(packages)) {
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
