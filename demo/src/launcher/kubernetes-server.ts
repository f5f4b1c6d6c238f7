import { mkdir, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { join } from 'node:path';
import {
  createAuthority,
  createSigningKey,
  type CertificateAuthority,
  type KeyPair,
} from './kubernetes-certificates.ts';
import { freePort } from './ports.ts';
import { startProcess, type ManagedProcess } from './process.ts';

const ATTEMPTS = 3;

/** What both servers and their clients read. */
export interface ControlPlaneFiles {
  readonly authority: CertificateAuthority;
  readonly administrator: KeyPair;
}

/** Makes certificates and keys and writes what the API server reads to `pki/` in a directory. */
export async function writeControlPlaneFiles(directory: string): Promise<ControlPlaneFiles> {
  const authority = await createAuthority('culvert-test');
  const [server, administrator, signing] = await Promise.all([
    authority.issue({
      name: 'kube-apiserver',
      dns: ['localhost', 'kubernetes', 'kubernetes.default', 'kubernetes.default.svc'],
      addresses: ['127.0.0.1', '10.0.0.1'],
    }),
    authority.issue({ name: 'administrator', groups: ['system:masters'] }),
    createSigningKey(),
  ]);
  await mkdir(join(directory, 'pki'));
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(directory, 'pki', name), text, { mode: 0o600 });
  await Promise.all([
    write('authority.crt', authority.certificate),
    write('server.crt', server.certificate),
    write('server.key', server.key),
    write('tokens.key', signing.privateKey),
    write('tokens.pub', signing.publicKey),
  ]);
  return { authority, administrator };
}

/** Starts an etcd on a free port, with its data in a directory. */
export async function startEtcd(
  program: string,
  directory: string,
  logFile: string | undefined,
): Promise<{ process: ManagedProcess; url: string }> {
  return onFreePort(async (port) => {
    const url = `http://127.0.0.1:${port}`;
    const process = await startProcess({
      name: 'etcd',
      command: program,
      args: [
        `--data-dir=${join(directory, 'etcd')}`,
        '--unsafe-no-fsync', // thrown away after the test
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        '--listen-peer-urls=http://127.0.0.1:0',
        '--log-level=warn',
      ],
      logFile,
      ready: () => isHealthy(url),
    });
    return { process, url };
  });
}

/** How to run a kube-apiserver. */
export interface ApiServerOptions {
  /** Holds {@link writeControlPlaneFiles}. */
  readonly directory: string;
  readonly files: ControlPlaneFiles;
  readonly etcdUrl: string;
  /** Whether pods need a service account. */
  readonly serviceAccounts: boolean;
  readonly flags: readonly string[];
  readonly logFile: string | undefined;
}

/** Starts a kube-apiserver and waits until it is ready. */
export async function startApiServer(
  program: string,
  port: number,
  { directory, files, etcdUrl, serviceAccounts, flags, logFile }: ApiServerOptions,
): Promise<ManagedProcess> {
  const file = (name: string): string => join(directory, 'pki', name);
  return startProcess({
    name: 'kube-apiserver',
    command: program,
    args: [
      `--etcd-servers=${etcdUrl}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${port}`,
      '--service-cluster-ip-range=10.0.0.0/16',
      `--cert-dir=${join(directory, 'pki')}`,
      `--tls-cert-file=${file('server.crt')}`,
      `--tls-private-key-file=${file('server.key')}`,
      `--client-ca-file=${file('authority.crt')}`,
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${file('tokens.pub')}`,
      `--service-account-signing-key-file=${file('tokens.key')}`,
      '--authorization-mode=RBAC',
      '--allow-privileged=true',
      '--endpoint-reconciler-type=none',
      ...(serviceAccounts ? [] : ['--disable-admission-plugins=ServiceAccount']),
      ...flags,
    ],
    logFile,
    ready: () => isReady(port, files),
    readyTimeoutMs: 60_000,
  });
}

/** Another process may take a port between its being found free and its use: then another one is tried. */
export async function onFreePort<T>(start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      if (attempt >= ATTEMPTS || !(error as Error).message.includes('address already in use')) throw error;
    }
  }
}

async function isHealthy(url: string): Promise<boolean> {
  return fetch(`${url}/health`, { signal: AbortSignal.timeout(2_000) }).then(
    async (response) => (await response.text()).includes('"true"'),
    () => false, // not listening yet
  );
}

async function isReady(port: number, files: ControlPlaneFiles): Promise<boolean> {
  return askServer(port, files, '/readyz').then(
    ({ statusCode }) => statusCode === 200,
    () => false, // not listening yet
  );
}

/** Asks a kube-apiserver on this machine as the administrator; resolves to what it answers, without the body. */
export function askServer(
  port: number,
  { authority, administrator }: ControlPlaneFiles,
  path: string,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = request(
      {
        host: '127.0.0.1',
        port,
        path,
        ca: authority.certificate,
        cert: administrator.certificate,
        key: administrator.key,
        agent: false,
        timeout: 2_000,
      },
      (response) => {
        response.resume();
        resolve(response);
      },
    );
    asked.on('timeout', () => asked.destroy());
    asked.on('error', reject);
    asked.end();
  });
}
