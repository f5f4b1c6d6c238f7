import { execFile } from 'node:child_process';
import { userInfo } from 'node:os';
import { promisify } from 'node:util';

/** A program that Debian and Ubuntu package. */
export interface DebianProgram {
  readonly program: string;
  readonly package: string;
}

const run = promisify(execFile);
const INSTALL_MS = 600_000;

/**
 * Where a program is; installs its package when it is missing and this process may.
 *
 * @param progress hears what takes long
 * @throws Error with a sentence that says what to install
 */
export async function debianProgram(
  wanted: DebianProgram,
  progress: (sentence: string) => void = () => undefined,
): Promise<string> {
  const present = await findProgram(wanted.program);
  if (present !== undefined) return present;
  const advice = `${wanted.program} is missing: install it, on Debian by "apt-get install ${wanted.package}"`;
  if (userInfo().uid !== 0 || (await findProgram('apt-get')) === undefined) throw new Error(advice);
  progress(`installing ${wanted.package}`);
  const install = ['install', '--yes', '--no-install-recommends', wanted.package];
  try {
    await aptGet(install).catch(async () => {
      await aptGet(['update']);
      await aptGet(install);
    });
  } catch (error) {
    throw new Error(advice, { cause: error });
  }
  const installed = await findProgram(wanted.program);
  if (installed === undefined) throw new Error(advice);
  return installed;
}

async function aptGet(args: readonly string[]): Promise<void> {
  // Test files run side by side, and so may their installations.
  const waiting = ['-o', 'DPkg::Lock::Timeout=300'];
  await run('env', ['DEBIAN_FRONTEND=noninteractive', 'apt-get', ...waiting, ...args], {
    timeout: INSTALL_MS,
    maxBuffer: 64 * 1024 * 1024,
  });
}

/** Where a program is in PATH or among the system directories, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  const script = 'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; command -v "$1"';
  return run('sh', ['-c', script, 'sh', name]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
