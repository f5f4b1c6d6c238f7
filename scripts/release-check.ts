/**
 * `make release-check`: builds all that a release publishes into .culvert/release/ and tries it, without publishing:
 *
 * - the charts, as packages and as OCI archives;
 * - the command line, as an npm package and as one file;
 * - the container images, one archive each (Linux, root);
 * - SHA256SUMS over all of them.
 */
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findKubernetes } from '@culvert/demo/launcher/kubernetes-binaries';
import { KUBERNETES_VERSION } from '@culvert/demo/launcher/kubernetes-build';
import { VERSION } from '@culvert/runtime/version';
import { parse } from 'yaml';
import { run } from '../e2e/cluster/command.ts';
import { builtImages } from '../e2e/cluster/image-list.ts';
import { printProgress } from '../e2e/cluster/progress.ts';
import { changelogProblem, unbuiltImages } from './release/checks.ts';
import { writeChartLayout, type ChartMetadata } from './release/oci-layout.ts';
import { root } from './root.ts';

const CHARTS = ['culvert-crds', 'culvert'];
/** What the chart `culvert` can't be rendered without. */
const VALUES = ['--set', 'embedded.enabled=true'];

const release = join(root, '.culvert', 'release');
const progress = printProgress();

try {
  await releaseCheck();
} catch (error) {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
}

async function releaseCheck(): Promise<void> {
  rmSync(release, { recursive: true, force: true });
  mkdirSync(release, { recursive: true });
  await progress.step(`every place names version ${VERSION}`, checkVersion);
  await progress.step('packed and tried the command', packCommand);
  const { helm } = await findKubernetes(['helm'], process.env, progress.say);
  for (const chart of CHARTS)
    await progress.step(`packed and rendered the chart ${chart}`, () => packChart(helm, chart));
  await progress.step('built the images', buildImages);
  writeSums();
  progress.say(`\nWhat version ${VERSION} would publish: ${release}`);
}

async function checkVersion(): Promise<void> {
  await run([process.execPath, join(root, 'scripts/version.ts'), '--check']);
  const problem = changelogProblem(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), VERSION);
  if (problem !== undefined) throw new Error(problem);
}

/** As `npm install --global` would take it: the bundle and nothing else. */
async function packCommand(): Promise<void> {
  await run([process.execPath, join(root, 'scripts/build.ts')]);
  const folder = join(release, 'command');
  mkdirSync(folder);
  for (const file of ['culvert.mjs']) cpSync(join(root, 'dist/cli', file), join(folder, file));
  for (const file of ['LICENSE', 'CHANGELOG.md']) cpSync(join(root, file), join(folder, file));
  const { description, license } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const manifest = {
    ...{ name: '@culvert/cli', version: VERSION, description, license, type: 'module' },
    ...{ bin: { culvert: 'culvert.mjs' }, engines: { node: '>=20' } },
  };
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, undefined, 2)}\n`);
  await run(['npm', 'pack', '--pack-destination', release], { directory: folder });
  rmSync(folder, { recursive: true });
  // Tried from the archive, as its users get it.
  const unpacked = join(release, 'unpacked');
  mkdirSync(unpacked);
  await run(['tar', '-xzf', join(release, `culvert-cli-${VERSION}.tgz`), '-C', unpacked]);
  const said = await run([process.execPath, join(unpacked, 'package/culvert.mjs'), '--version']);
  if (said !== `culvert ${VERSION}`) throw new Error(`the packed command calls itself "${said}"`);
  cpSync(join(unpacked, 'package/culvert.mjs'), join(release, 'culvert.mjs'));
  rmSync(unpacked, { recursive: true });
}

async function packChart(helm: string, chart: string): Promise<void> {
  await run([helm, 'package', join(root, 'charts', chart), '--destination', release]);
  const packed = join(release, `${chart}-${VERSION}.tgz`);
  const values = chart === 'culvert' ? VALUES : [];
  const template = [helm, 'template', 'culvert', packed, '--kube-version', KUBERNETES_VERSION, ...values];
  const manifests = await run(template);
  const unbuilt = unbuiltImages(
    manifests,
    builtImages.map(({ name }) => name),
  );
  if (unbuilt.length > 0)
    throw new Error(`the chart ${chart} names images that no release has: ${unbuilt.join(', ')}`);
  const metadata = parse(readFileSync(join(root, 'charts', chart, 'Chart.yaml'), 'utf8')) as ChartMetadata;
  const layout = join(release, 'layout');
  writeChartLayout(layout, metadata, readFileSync(packed));
  const archive = join(release, `${chart}-${VERSION}.oci.tar`);
  const reproducible = ['--sort=name', '--mtime=@0', '--owner=0', '--group=0', '--numeric-owner'];
  await run(['tar', ...reproducible, '-C', layout, '-cf', archive, '.']);
  rmSync(layout, { recursive: true });
}

async function buildImages(): Promise<void> {
  await run([process.execPath, join(root, 'e2e/cluster/main.ts'), 'images'], { timeoutMs: 1_800_000 });
  const archives = join(root, '.culvert', 'images');
  for (const { name } of builtImages.filter((image) => image.dockerfile.startsWith('images/'))) {
    const part = /([^/]+):/.exec(name)?.[1] ?? '';
    cpSync(join(archives, `${part}.tar`), join(release, `culvert-${part}-${VERSION}.image.tar`));
  }
}

/** In the form that `sha256sum --check` reads. */
function writeSums(): void {
  const lines = readdirSync(release)
    .sort()
    .map((file) => {
      const sum = createHash('sha256').update(readFileSync(join(release, file)));
      return `${sum.digest('hex')}  ${file}\n`;
    });
  writeFileSync(join(release, 'SHA256SUMS'), lines.join(''));
}
