import { userInfo } from 'node:os';
import type { Bench } from '../context.ts';
import { findProgram, runCommand } from '../run-command.ts';

/** A program that Debian and Ubuntu package. */
export interface DebianProgram {
  readonly program: string;
  readonly package: string;
}

/**
 * Where a program is; installs its package when it is missing and this process may.
 *
 * @throws with a sentence that says what to install
 */
export async function debianProgram(bench: Bench, wanted: DebianProgram): Promise<string> {
  const present = await findProgram(wanted.program);
  if (present !== undefined) return present;
  const advice = `${wanted.program} is missing: install it, on Debian by "apt-get install ${wanted.package}"`;
  if (userInfo().uid !== 0 || (await findProgram('apt-get')) === undefined) throw new Error(advice);
  bench.progress(`installing ${wanted.package}`);
  const apt: [string, ...string[]] = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get'];
  const install: [string, ...string[]] = [
    ...apt,
    'install',
    '--yes',
    '--no-install-recommends',
    wanted.package,
  ];
  try {
    await runCommand(install, { timeoutMs: 600_000 }).catch(async () => {
      await runCommand([...apt, 'update'], { timeoutMs: 300_000 });
      await runCommand(install, { timeoutMs: 600_000 });
    });
  } catch (error) {
    throw new Error(advice, { cause: error });
  }
  const installed = await findProgram(wanted.program);
  if (installed === undefined) throw new Error(advice);
  return installed;
}
