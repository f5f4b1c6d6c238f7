import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { findProgram, runCommand } from '../run-command.ts';

export const MITMPROXY_VERSION = '11.0.2';

/** Where mitmdump is; installs the pinned version into a virtual environment when the cache doesn't have it. */
export async function mitmdump(bench: Bench): Promise<string> {
  const directory = join(bench.cacheDirectory, `mitmproxy-${MITMPROXY_VERSION}`);
  const binary = join(directory, 'bin', 'mitmdump');
  const complete = join(directory, 'complete');
  if (existsSync(complete)) return binary;
  if ((await findProgram('python3')) === undefined)
    throw new Error(`mitmproxy ${MITMPROXY_VERSION} needs python3 (3.10 or later) with venv and pip`);
  bench.progress(`installing mitmproxy ${MITMPROXY_VERSION}`);
  await rm(directory, { recursive: true, force: true });
  await runCommand(['python3', '-m', 'venv', directory], { timeoutMs: 120_000 });
  const pip = join(directory, 'bin', 'pip');
  await runCommand([pip, 'install', '--quiet', `mitmproxy==${MITMPROXY_VERSION}`], { timeoutMs: 600_000 });
  await writeFile(complete, '');
  return binary;
}
