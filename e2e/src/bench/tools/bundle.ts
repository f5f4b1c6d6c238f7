import { existsSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { shippedFlags } from '@culvert/demo/launcher/shipped-flags';
import type { Bench } from '../context.ts';
import { runCommand } from '../run-command.ts';

/** Bundles every process as it ships, into a folder of this run, so that a later build does not change what runs. */
export async function buildBundles(bench: Bench): Promise<void> {
  bench.progress('bundling');
  await runCommand([process.execPath, join(bench.root, 'scripts', 'build.ts')], {
    directory: bench.root,
    timeoutMs: 120_000,
  });
  await cp(join(bench.root, 'dist'), bundles(bench), { recursive: true });
}

/** The command that runs a bundled process, with the Node options that it ships with. */
export function bundle(bench: Bench, name: 'sidecar' | 'orchestrator' | 'operator'): [string, ...string[]] {
  const directory = join(bundles(bench), name);
  const file = join(directory, 'main.mjs');
  if (!existsSync(file)) throw new Error(`${file} is missing: the build did not make it`);
  return [process.execPath, ...shippedFlags(directory), file];
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

function bundles(bench: Bench): string {
  return join(bench.workDirectory, 'dist');
}
