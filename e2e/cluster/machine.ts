import { existsSync } from 'node:fs';
import { run, succeeds } from './command.ts';
import type { Progress } from './progress.ts';

/** A program that the cluster needs, and the Debian package that brings it. */
const PACKAGES: readonly (readonly [file: string, packages: readonly string[]])[] = [
  ['/usr/bin/containerd', ['containerd']],
  ['/usr/sbin/runc', ['runc']],
  ['/usr/lib/cni/bridge', ['containernetworking-plugins']],
  ['/usr/sbin/ip', ['iproute2']],
  ['/usr/sbin/nft', ['nftables']],
  ['/usr/sbin/iptables', ['iptables']],
  ['/usr/sbin/conntrack', ['conntrack']],
  ['/usr/bin/buildah', ['buildah']],
  ['/usr/sbin/debootstrap', ['debootstrap']],
  ['/usr/bin/gcc', ['gcc', 'libc6-dev']],
];

/**
 * Why this machine cannot hold a cluster, as the end of a sentence; undefined when it can.
 */
export async function whyNoCluster(): Promise<string | undefined> {
  if (process.platform !== 'linux') return `this is ${process.platform}, not Linux`;
  if (process.getuid?.() !== 0) return 'this is not root';
  if (!(await succeeds(['unshare', '--net', '--mount', 'true'])))
    return 'network namespaces are refused here';
  if (missingPackages().length > 0 && !existsSync('/usr/bin/apt-get')) {
    return `${missingPackages().join(', ')} are missing and there is no apt-get`;
  }
  return undefined;
}

/** Installs the Debian packages that are missing. */
export async function installPackages(progress: Progress): Promise<void> {
  const missing = missingPackages();
  if (missing.length === 0) return;
  await progress.step(`installed ${missing.join(', ')}`, async () => {
    const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(['apt-get', 'update', '--quiet'], { environment });
    await run(['apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...missing], {
      environment,
      timeoutMs: 900_000,
    });
  });
}

function missingPackages(): string[] {
  return PACKAGES.filter(([file]) => !existsSync(file)).flatMap(([, packages]) => packages);
}
