import { execFile } from 'node:child_process';
import { access, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './cache-directory.ts';
import { withCacheLock } from './cache-lock.ts';

/** Programs of one package of Debian or Ubuntu, which need nothing beyond the C library. */
export interface DebianPackage {
  readonly package: string;
  /** Where they are within it, such as `usr/bin/prometheus`. */
  readonly programs: readonly string[];
}

const run = promisify(execFile);
const DOWNLOAD_MS = 600_000;

/**
 * Where a package's programs are: as installed, else unpacked into a cache of the user's. Unlike an installation, that
 * takes no rights and starts no service.
 *
 * @param say takes a line for the user while the package is downloaded
 * @throws Error with a sentence that says what to install
 */
export async function debianPackage(
  wanted: DebianPackage,
  environment: NodeJS.ProcessEnv = process.env,
  say: (line: string) => void = () => undefined,
): Promise<readonly string[]> {
  const installed = wanted.programs.map((program) => `/${program}`);
  if (await allThere(installed)) return installed;
  const caches = cacheDirectory(environment);
  const directory = join(caches, `debian-${wanted.package}-${process.arch}`);
  const cached = wanted.programs.map((program) => join(directory, program));
  await mkdir(caches, { recursive: true });
  await withCacheLock(`${directory}.lock`, async () => {
    if (await allThere(cached)) return;
    say(`downloading ${wanted.package} into ${caches}`);
    await unpack(wanted.package, directory);
  });
  return cached;
}

async function unpack(name: string, directory: string): Promise<void> {
  const temporary = `${directory}.new`;
  await rm(temporary, { recursive: true, force: true });
  await mkdir(temporary, { recursive: true });
  const options = { cwd: temporary, timeout: DOWNLOAD_MS };
  try {
    await run('apt-get', ['download', name], options).catch(async () => {
      await run('apt-get', ['update'], options);
      await run('apt-get', ['download', name], options);
    });
    const archive = (await readdir(temporary)).find((file) => file.endsWith('.deb')) ?? '';
    await run('dpkg-deb', ['--extract', archive, '.'], options);
    await rm(join(temporary, archive));
  } catch (error) {
    throw new Error(`${name} is missing: install it, on Debian by "apt-get install ${name}"`, {
      cause: error,
    });
  }
  await rm(directory, { recursive: true, force: true });
  await rename(temporary, directory);
}

async function allThere(files: readonly string[]): Promise<boolean> {
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return !found.includes(false);
}
