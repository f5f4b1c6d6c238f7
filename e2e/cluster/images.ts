import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { withCacheLock } from '@culvert/demo/launcher/cache-lock';
import { findNatsServer } from '@culvert/demo/launcher/nats-binary';
import { findPostgres } from '@culvert/demo/launcher/postgres-binaries';
import { root } from '@culvert/demo/launcher/root';
import { baseImage } from './base-image.ts';
import { run, succeeds } from './command.ts';
import { builtImages, programImages, type BuiltImage, type ProgramImage } from './image-list.ts';
import type { Progress } from './progress.ts';

/** What images are made of besides the sources. */
export interface ImageParts {
  readonly environment: NodeJS.ProcessEnv;
  readonly coredns: string;
}

/**
 * Builds all images from their Dockerfiles, with the bundles of dist/ and without any registry.
 *
 * @param archive becomes an archive of all of them, layers that they share once
 */
export async function buildImages(archive: string, parts: ImageParts, progress: Progress): Promise<void> {
  const cache = join(parts.environment['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'culvert', 'images');
  mkdirSync(cache, { recursive: true });
  await withCacheLock(
    join(cache, '.lock'),
    () => build(cache, archive, parts, progress),
    () => {
      progress.say('another process is building images: waiting for it');
    },
  );
}

async function build(cache: string, archive: string, parts: ImageParts, progress: Progress): Promise<void> {
  const buildah = ['buildah', '--root', join(cache, 'storage'), '--runroot', '/run/culvert-images'];
  const base = await baseImage(buildah, progress);
  const work = mkdtempSync(join(cache, 'building-'));
  try {
    await progress.step('gathered what goes into images', () => writeContext(work, parts));
    await Promise.all(programImages.map((image) => buildProgramImage(buildah, image, work)));
    const wanted = builtImages.filter(({ bundle }) => {
      const there = bundle === undefined || existsSync(join(work, 'dist', bundle));
      if (!there) progress.say(`         no dist/${bundle}: its image is left out`);
      return there;
    });
    await Promise.all(
      wanted.map((image) =>
        progress.step(`built ${image.name}`, () => buildImage(buildah, image, base, work)),
      ),
    );
    const names = [...wanted, ...programImages.filter(({ stage }) => stage !== true)].map(({ name }) => name);
    await progress.step(`packed ${names.length} images`, () => pack(buildah, names, work, archive));
    // What builds left behind, this one's and earlier ones': it only takes space.
    for (const leftover of [
      ['rm', '--all'],
      ['rmi', '--prune'],
      ['umount', '--all'],
    ]) {
      await succeeds([...buildah, ...leftover]);
    }
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Lays out what the Dockerfiles copy, as it is in the repository, and the programs beside it. */
async function writeContext(work: string, { environment, coredns }: ImageParts): Promise<void> {
  const copy = (from: string, to: string): void => {
    cpSync(from, join(work, to), { recursive: true, verbatimSymlinks: true });
  };
  copy(join(root, 'images'), 'images');
  copy(join(root, 'dist'), 'dist');
  copy(join(root, 'e2e/src/kubernetes/applications'), 'applications');
  copy(join((await findPostgres(environment)).directory, '..'), 'dist/postgres');
  copy(await findNatsServer(environment), 'nats-server');
  copy(coredns, 'coredns');
  const source = join(import.meta.dirname, 'images', 'pause.c');
  await run(['gcc', '-Os', '-static', '-s', '-o', join(work, 'pause'), source]);
}

async function buildProgramImage(
  buildah: readonly string[],
  image: ProgramImage,
  work: string,
): Promise<void> {
  const container = await run([...buildah, 'from', 'scratch']);
  await run([
    ...buildah,
    'copy',
    '--quiet',
    '--chmod=755',
    container,
    join(work, image.program),
    image.target,
  ]);
  await run([...buildah, 'config', `--entrypoint=["${image.target}"]`, container]);
  await run([...buildah, 'commit', '--quiet', '--rm', container, image.name]);
}

async function buildImage(
  buildah: readonly string[],
  image: BuiltImage,
  base: string,
  work: string,
): Promise<void> {
  const buildArguments = { BASE_IMAGE: base, BUNDLE: 'dist', ...image.buildArguments };
  await run([
    ...buildah,
    'bud',
    '--quiet',
    '--isolation=chroot', // there may be no right to make the namespaces of a container
    '--pull-never',
    '--format=oci',
    ...Object.entries(buildArguments).map(([name, value]) => `--build-arg=${name}=${value}`),
    `--file=${join(root, image.dockerfile)}`,
    `--tag=${image.name}`,
    work,
  ]);
}

/** One directory that all images are pushed to, so that a layer is in it once; then one file of it. */
async function pack(
  buildah: readonly string[],
  names: readonly string[],
  work: string,
  archive: string,
): Promise<void> {
  const layout = join(work, 'layout');
  for (const name of names) {
    await run([...buildah, 'push', '--quiet', '--compression-format=zstd', name, `oci:${layout}:${name}`]);
  }
  await run(['tar', '--create', `--file=${archive}`, `--directory=${layout}`, '.']);
}
