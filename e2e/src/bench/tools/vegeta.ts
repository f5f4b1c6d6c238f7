import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { findProgram, runCommand } from '../run-command.ts';

export const VEGETA_VERSION = '12.12.0';
const MODULE = 'github.com/tsenart/vegeta/v12';

/**
 * Where vegeta is; builds the pinned version with Go when the cache doesn't have it.
 *
 * It goes through a module of its own that requires the exact version, because that needs no list of versions.
 */
export async function vegeta(bench: Bench): Promise<string> {
  const binary = join(bench.cacheDirectory, `vegeta-${VEGETA_VERSION}`);
  if (existsSync(binary)) return binary;
  const advice = `vegeta ${VEGETA_VERSION} has to be built: install Go 1.22 or later`;
  if ((await findProgram('go')) === undefined) throw new Error(advice);
  bench.progress(`building vegeta ${VEGETA_VERSION}`);
  const directory = join(bench.cacheDirectory, 'vegeta-build');
  await mkdir(directory, { recursive: true });
  await writeFile(
    join(directory, 'go.mod'),
    `module culvert.dev/bench/vegeta\n\ngo 1.22\n\nrequire ${MODULE} v${VEGETA_VERSION}\n`,
  );
  await writeFile(join(directory, 'tools.go'), `//go:build tools\n\npackage tools\n\nimport _ "${MODULE}"\n`);
  await runCommand(['go', 'mod', 'tidy'], { directory, timeoutMs: 600_000 });
  await runCommand(['go', 'build', '-trimpath', '-o', 'vegeta', MODULE], { directory, timeoutMs: 600_000 });
  await rename(join(directory, 'vegeta'), binary);
  await rm(directory, { recursive: true });
  return binary;
}
