import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { runCommand } from '../run-command.ts';

/** Bundles every process as it ships. */
export async function buildBundles(bench: Bench): Promise<void> {
  bench.progress('bundling');
  await runCommand([process.execPath, join(bench.root, 'scripts', 'build.ts')], {
    directory: bench.root,
    timeoutMs: 120_000,
  });
}

/** The command that runs a bundled process. */
export function bundle(bench: Bench, name: 'sidecar' | 'orchestrator'): [string, ...string[]] {
  const file = join(bench.root, 'dist', name, 'main.mjs');
  if (!existsSync(file)) throw new Error(`${file} is missing: the build did not make it`);
  return [process.execPath, file];
}

/** Which state of the source the bundles were made from. */
export async function revision(bench: Bench): Promise<string> {
  const git = async (...args: string[]): Promise<string> =>
    (await runCommand(['git', '-C', bench.root, ...args])).stdout.trim();
  const [commit, changes] = [
    await git('rev-parse', '--short', 'HEAD'),
    await git('status', '--porcelain', '--untracked-files=no'),
  ];
  return changes === '' ? commit : `${commit} with changes`;
}
