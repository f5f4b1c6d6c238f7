import { findNatsServer } from '@culvert/demo/launcher/nats-binary';
import type { SuiteName } from './config.ts';
import type { Bench } from './context.ts';
import { chosenPeers } from './peers/all.ts';
import { runCommand } from './run-command.ts';
import { revision } from './tools/bundle.ts';
import { debianProgram } from './tools/debian.ts';
import { vegeta, VEGETA_VERSION } from './tools/vegeta.ts';

/** Names and versions of everything that takes part. */
export type Versions = Readonly<Record<string, string>>;

/**
 * Installs what the suites need and says which versions are there.
 *
 * @throws with a sentence about the first thing that is missing and can't be installed
 */
export async function prepareVersions(
  bench: Bench,
  suites: readonly SuiteName[],
  environment: NodeJS.ProcessEnv,
): Promise<Versions> {
  const versions: Record<string, string> = { Culvert: await revision(bench), Node: process.versions.node };
  const natsServer = await findNatsServer(environment, bench.progress);
  versions['nats-server'] = await natsVersion(natsServer);
  const proxying = suites.some((suite) => suite === 'capture' || suite === 'rates' || suite === 'memory');
  if (proxying) {
    for (const peer of chosenPeers(bench.config.peers)) {
      const version = await peer.version(bench);
      if (version !== undefined) versions[peer.title] = version;
    }
  }
  if (proxying || suites.includes('list')) {
    const wrk = await debianProgram(bench, { program: 'wrk', package: 'wrk' });
    versions['wrk'] = await wrkVersion(wrk);
  }
  if (proxying || suites.includes('live')) {
    await vegeta(bench);
    versions['vegeta'] = VEGETA_VERSION;
  }
  return versions;
}

async function natsVersion(program: string): Promise<string> {
  return (await runCommand([program, '--version'])).stdout.trim().replace(/^nats-server: v/, '');
}

/** wrk prints its version and ends with status 1. */
async function wrkVersion(program: string): Promise<string> {
  const { stdout } = await runCommand(['sh', '-c', '"$1" --version; true', 'sh', program]);
  return /^wrk (?:debian\/)?(\S+)/.exec(stdout)?.[1] ?? 'unknown';
}
