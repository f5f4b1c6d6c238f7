import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, succeeds } from './command.ts';
import type { Progress } from './progress.ts';

const SUITE = 'bookworm';
const NOT_NEEDED = [
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
  'usr/share/info',
  'usr/share/lintian',
  'var/lib/apt/lists',
  'var/cache/apt',
  'var/cache/debconf',
  'var/log',
];

/**
 * The image that the others are based on: a small Debian with nft and the Node that runs this process. Made once for
 * each version of Node and kept with the images.
 *
 * @param buildah the command with its flags
 * @returns the image's name
 */
export async function baseImage(buildah: readonly string[], progress: Progress): Promise<string> {
  const name = `localhost/culvert-base:${SUITE}-node${process.versions.node}`;
  if (await succeeds([...buildah, 'inspect', '--type=image', name])) return name;
  await progress.step(
    `made the base image of Debian ${SUITE} and Node ${process.versions.node}`,
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'culvert-base-'));
      try {
        const include = '--include=ca-certificates,libstdc++6,nftables';
        await run(['debootstrap', '--variant=minbase', include, SUITE, directory], { timeoutMs: 900_000 });
        for (const part of NOT_NEEDED) rmSync(join(directory, part), { recursive: true, force: true });
        cpSync(process.execPath, join(directory, 'usr/local/bin/node'));
        const container = await run([...buildah, 'from', 'scratch']);
        await run([...buildah, 'add', '--quiet', container, directory, '/']);
        await run([
          ...buildah,
          'config',
          '--env=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          '--cmd=["node"]',
          container,
        ]);
        await run([...buildah, 'commit', '--quiet', '--rm', container, name]);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
  );
  return name;
}
