import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDirectory } from '@culvert/demo/launcher/cache-directory';
import { withCacheLock } from '@culvert/demo/launcher/cache-lock';
import { findNatsServer } from '@culvert/demo/launcher/nats-binary';
import { findPostgres } from '@culvert/demo/launcher/postgres-binaries';
import { root } from '@culvert/demo/launcher/root';
import { baseImage } from './base-image.ts';
import { run, succeeds } from './command.ts';
import { builtImages, programImages, type BuiltImage, type ProgramImage } from './image-list.ts';
import type { Progress } from './progress.ts';

const AT_ONCE = 3;

/** What images are made of besides the sources. */
export interface ImageParts {
  readonly environment: NodeJS.ProcessEnv;
  readonly coredns: string;
}

/** Takes an image when it is in an archive of its own. */
export type TakeArchive = (archive: string) => Promise<void>;

/** Makes what all images are based on, once for a machine: about a minute. */
export function prepareImages(environment: NodeJS.ProcessEnv, progress: Progress): Promise<void> {
  return withImages(environment, progress, async (cache) => {
    await baseImage(buildahIn(cache), progress);
  });
}

/**
 * Builds all images from their Dockerfiles, with the bundles of dist/ and without any registry.
 *
 * @param directory archives are written to it
 * @param take called for each archive while others are still being built
 */
export async function buildImages(
  directory: string,
  parts: ImageParts,
  progress: Progress,
  take: TakeArchive,
): Promise<void> {
  mkdirSync(directory, { recursive: true });
  await withImages(parts.environment, progress, (cache) => build(cache, directory, parts, progress, take));
}

/** Does something to the images that are kept, while no other process does. */
async function withImages(
  environment: NodeJS.ProcessEnv,
  progress: Progress,
  action: (cache: string) => Promise<void>,
): Promise<void> {
  const cache = join(cacheDirectory(environment), 'images');
  mkdirSync(cache, { recursive: true });
  await withCacheLock(
    join(cache, '.lock'),
    () => action(cache),
    () => {
      progress.say('another process is building images: waiting for it');
    },
  );
}

function buildahIn(cache: string): readonly string[] {
  return ['buildah', '--root', join(cache, 'storage'), '--runroot', '/run/culvert-images'];
}

async function build(
  cache: string,
  directory: string,
  parts: ImageParts,
  progress: Progress,
  take: TakeArchive,
): Promise<void> {
  const buildah = buildahIn(cache);
  const base = await baseImage(buildah, progress);
  const work = mkdtempSync(join(cache, 'building-'));
  const pack = async (name: string): Promise<void> => {
    const archive = join(directory, `${name.replace(/^.*\//, '').replace(/:.*$/, '')}.tar`);
    rmSync(archive, { force: true });
    // The layers that images share have one digest here, by which they are stored once in the cluster.
    await run([...buildah, 'push', '--quiet', name, `docker-archive:${archive}:${name}`]);
    await take(archive);
  };
  try {
    await progress.step('gathered what goes into images', () => writeContext(work, parts));
    await Promise.all(
      programImages.map(async (image) => {
        await buildProgramImage(buildah, image, work);
        if (image.stage !== true) await pack(image.name);
      }),
    );
    const wanted = builtImages.filter(({ bundle }) => {
      const there = bundle === undefined || existsSync(join(work, 'dist', bundle));
      if (!there) progress.say(`         no dist/${bundle}: its image is left out`);
      return there;
    });
    const waiting = [...wanted];
    const buildWaiting = async (): Promise<void> => {
      for (let image = waiting.shift(); image !== undefined; image = waiting.shift()) {
        const { name } = image;
        const current = image;
        await progress.step(`built ${name}`, () => buildImage(buildah, current, base, work));
        await pack(name);
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, buildWaiting));
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
