import { access, constants, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheDirectory } from './cache-directory.ts';
import { withCacheLock } from './cache-lock.ts';
import { buildKubernetes, KUBERNETES_VERSION, type KubernetesProgram } from './kubernetes-build.ts';

export type { KubernetesProgram };

/**
 * Finds programs of Kubernetes: in the directory that `KUBEBUILDER_ASSETS` names, else in a cache of the user's,
 * where those that are missing are built with Go. Several processes at once build only once.
 *
 * @param say takes a line for the user while something is built
 * @returns the path of each program
 * @throws Error that says what is missing and what to do
 */
export async function findKubernetes<Program extends KubernetesProgram>(
  programs: readonly Program[],
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void = () => undefined,
): Promise<Record<Program, string>> {
  const cache = kubernetesCache(environment);
  const assets = environment['KUBEBUILDER_ASSETS'] || undefined;
  const directories = assets === undefined ? [cache] : [assets, cache];
  let { found, missing } = await look(programs, directories);
  if (missing.length > 0) {
    await mkdir(cache, { recursive: true });
    await withCacheLock(
      join(cache, '.lock'),
      async () => {
        ({ found, missing } = await look(programs, directories));
        if (missing.length > 0) await buildOrExplain(missing, cache, environment, say);
      },
      () => {
        say(`another process is building ${missing.join(', ')}: waiting for it`);
      },
    );
    ({ found } = await look(programs, directories));
  }
  return Object.fromEntries(found) as Record<Program, string>;
}

/** Where programs that were built here are kept: outside the checkout, one directory a version. */
export function kubernetesCache(environment: NodeJS.ProcessEnv): string {
  const caches = cacheDirectory(environment);
  return join(caches, `kubernetes-${KUBERNETES_VERSION}-${process.platform}-${process.arch}`);
}

async function buildOrExplain(
  missing: readonly KubernetesProgram[],
  cache: string,
  environment: NodeJS.ProcessEnv,
  say: (line: string) => void,
): Promise<void> {
  try {
    await buildKubernetes(missing, cache, environment, say);
  } catch (error) {
    throw new Error(
      `There is no ${missing.join(', no ')} of Kubernetes ${KUBERNETES_VERSION} here and none could be built: ${(error as Error).message}\n` +
        'Install Go 1.24 or newer, or set KUBEBUILDER_ASSETS to a directory that holds these programs.',
      { cause: error },
    );
  }
}

async function look<Program extends KubernetesProgram>(
  programs: readonly Program[],
  directories: readonly string[],
): Promise<{ found: [Program, string][]; missing: Program[] }> {
  const found: [Program, string][] = [];
  const missing: Program[] = [];
  for (const program of programs) {
    const file = await firstExecutable(directories.map((directory) => join(directory, program)));
    if (file === undefined) missing.push(program);
    else found.push([program, file]);
  }
  return { found, missing };
}

async function firstExecutable(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const good = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (good) return file;
  }
  return undefined;
}
