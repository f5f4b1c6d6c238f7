import { spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { collectOutput } from './output.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { Unprivileged } from './unprivileged.ts';

/** The user id that owns a data directory, undefined when there is none. */
export async function ownerOf(dataDir: string): Promise<number | undefined> {
  return stat(join(dataDir, 'PG_VERSION')).then(
    (entry) => entry.uid,
    () => undefined,
  );
}

/**
 * Makes a data directory with user and database `culvert`, unless there is one. It appears under its name only when
 * it is complete.
 */
export async function createDataDirectory(
  dataDir: string,
  binaries: PostgresBinaries,
  as: Unprivileged,
): Promise<void> {
  if ((await ownerOf(dataDir)) !== undefined) return;
  await mkdir(dirname(dataDir), { recursive: true });
  const fresh = await mkdtemp(join(dirname(dataDir), `${basename(dataDir)}-new-`));
  try {
    await chown(fresh, as.uid, -1).catch(() => undefined); // an ordinary user owns it already
    const collation =
      binaries.major >= 17 ? ['--locale-provider=builtin', '--locale=C.UTF-8'] : ['--locale=C'];
    const initdb = [
      '-D',
      fresh,
      '-U',
      'culvert',
      '-A',
      'trust',
      '--encoding=UTF8',
      '--no-sync',
      ...collation,
    ];
    await run(as, join(binaries.directory, 'initdb'), initdb);
    await run(
      as,
      join(binaries.directory, 'postgres'),
      ['--single', '-D', fresh, 'postgres'],
      'create database culvert\n',
    );
    await rm(dataDir, { recursive: true, force: true });
    await rename(fresh, dataDir);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

/** Gives a data directory to the user that Postgres will run as. */
export async function giveDataDirectory(dataDir: string, as: Unprivileged): Promise<void> {
  if (process.getuid?.() !== 0 || (await ownerOf(dataDir)) === as.uid) return;
  const entries = await readdir(dataDir, { recursive: true });
  for (const entry of ['.', ...entries]) await chown(join(dataDir, entry), as.uid, -1);
}

/**
 * Removes the lock file that a killed Postgres left, whose process id may be another program's by now.
 *
 * @throws Error when a Postgres still runs on the directory
 */
export async function clearStaleLock(dataDir: string): Promise<void> {
  const file = join(dataDir, 'postmaster.pid');
  const pid = Number.parseInt(await readFile(file, 'utf8').catch(() => ''), 10);
  if (Number.isNaN(pid)) return;
  const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => undefined);
  // Without /proc Postgres's own, more careful check decides.
  if (commandLine === undefined && process.platform !== 'linux') return;
  if (commandLine?.split('\0').includes(dataDir) === true) {
    throw new Error(`Another Postgres (process ${pid}) runs on ${dataDir}: end it first.`);
  }
  await rm(file, { force: true });
}

/** Whether the Postgres with this process id says that it accepts connections. */
export async function acceptsConnections(dataDir: string, pid: number): Promise<boolean> {
  const lines = (await readFile(join(dataDir, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return lines[0] === String(pid) && lines[7]?.trim() === 'ready';
}

async function run(as: Unprivileged, program: string, args: readonly string[], input = ''): Promise<void> {
  const [command = '', ...rest] = [...as.prefix, program, ...args];
  const child = spawn(command, rest, { stdio: 'pipe' });
  const output = collectOutput();
  output.follow(child.stdout);
  output.follow(child.stderr);
  child.stdin.on('error', () => undefined); // its status says more
  child.stdin.end(input);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (status !== 0) throw new Error(`${basename(program)} failed. Its last lines:\n${output.tail()}`);
}
