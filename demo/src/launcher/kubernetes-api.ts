import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runKubectl } from './kubectl.ts';
import { findKubernetes } from './kubernetes-binaries.ts';
import type { KeyPair } from './kubernetes-certificates.ts';
import { kubeconfig } from './kubernetes-kubeconfig.ts';
import {
  askServer,
  onFreePort,
  startApiServer,
  startEtcd,
  writeControlPlaneFiles,
  type ControlPlaneFiles,
} from './kubernetes-server.ts';
import type { ManagedProcess } from './process.ts';

/** How to run an API server. */
export interface KubernetesApiOptions {
  /**
   * Whether pods need a service account, as in a real cluster. Nothing here makes one called `default` in each
   * namespace, see {@link KubernetesApi.createNamespace}. False by default.
   */
  readonly serviceAccounts?: boolean;
  /** More flags for kube-apiserver. */
  readonly flags?: readonly string[];
  /** Where the servers' output is appended. */
  readonly logFile?: string;
  /** Takes a line for the user while programs are being built. */
  readonly say?: (line: string) => void;
  /** Where PATH, `KUBEBUILDER_ASSETS` and the cache are looked up; the process's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** Whom a kubeconfig is for. */
export interface KubernetesUser {
  readonly name: string;
  readonly groups?: readonly string[];
}

/** etcd and kube-apiserver on 127.0.0.1 with role-based access control, without controllers and nodes. */
export interface KubernetesApi {
  readonly url: string;
  /** An administrator's kubeconfig. */
  readonly kubeconfigFile: string;
  /** The authority of the server's certificate, PEM. */
  readonly authority: string;
  /** The administrator's client certificate. */
  readonly administrator: KeyPair;
  /** The time by the server's own clock, to the second, in Unix milliseconds. */
  now(): Promise<number>;
  /** Of kube-apiserver; another one after {@link restart}. */
  readonly pid: number;
  /** Writes a kubeconfig for another user and returns its file. */
  kubeconfigFor(user: KubernetesUser): Promise<string>;
  /** Writes a kubeconfig for a service account, which need not exist, and returns its file. */
  kubeconfigForServiceAccount(namespace: string, name: string): Promise<string>;
  /** Runs kubectl as the administrator, or with another kubeconfig; returns what it prints. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<string>;
  /** Applies one or more YAML documents by server-side apply. */
  apply(yaml: string): Promise<void>;
  /** Makes a namespace, with a service account `default` where pods need one. */
  createNamespace(name: string, labels?: Readonly<Record<string, string>>): Promise<void>;
  /** SIGKILL for kube-apiserver alone, so that clients lose it. */
  interrupt(): Promise<void>;
  /** Starts kube-apiserver again on the same port and data, after {@link interrupt} or while it runs. */
  restart(): Promise<void>;
  /** Ends everything and removes its data. */
  stop(): Promise<void>;
}

/** How to run kubectl. */
export interface KubectlOptions {
  readonly input?: string;
  readonly kubeconfigFile?: string;
}

/**
 * Starts a real API server with its own etcd on free ports, building both first where they are missing.
 *
 * @throws Error that says what is missing or ends with the last lines of a server's log
 */
export async function startKubernetesApi(options: KubernetesApiOptions = {}): Promise<KubernetesApi> {
  const environment = options.environment ?? process.env;
  const programs = await findKubernetes(['etcd', 'kube-apiserver', 'kubectl'], environment, options.say);
  const directory = await mkdtemp(join(tmpdir(), 'culvert-kubernetes-'));
  let etcd: ManagedProcess | undefined;
  try {
    const files = await writeControlPlaneFiles(directory);
    const store = await startEtcd(programs.etcd, directory, options.logFile);
    etcd = store.process;
    const start = (port: number): Promise<ManagedProcess> =>
      startApiServer(programs['kube-apiserver'], port, {
        directory,
        files,
        etcdUrl: store.url,
        serviceAccounts: options.serviceAccounts ?? false,
        flags: options.flags ?? [],
        logFile: options.logFile,
      });
    const { port, server } = await onFreePort(async (port) => ({ port, server: await start(port) }));
    return await connect({ directory, files, port, server, start, etcd, kubectl: programs.kubectl, options });
  } catch (error) {
    await etcd?.kill();
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

interface Started {
  readonly directory: string;
  readonly files: ControlPlaneFiles;
  readonly port: number;
  readonly server: ManagedProcess;
  readonly start: (port: number) => Promise<ManagedProcess>;
  readonly etcd: ManagedProcess;
  readonly kubectl: string;
  readonly options: KubernetesApiOptions;
}

async function connect(started: Started): Promise<KubernetesApi> {
  const { directory, files, port, etcd } = started;
  const { authority, administrator } = files;
  const url = `https://127.0.0.1:${port}`;
  const access = { url, authority: authority.certificate };
  let server = started.server;
  let written = 0;
  const write = async (user: KeyPair): Promise<string> => {
    const file = join(directory, `kubeconfig-${written++}`);
    await writeFile(file, kubeconfig(access, user), { mode: 0o600 });
    return file;
  };
  const kubeconfigFile = await write(administrator);
  const api: KubernetesApi = {
    url,
    kubeconfigFile,
    authority: authority.certificate,
    administrator,
    now: async () => Date.parse((await askServer(port, files, '/version')).headers.date ?? ''),
    get pid() {
      return server.pid;
    },
    kubeconfigFor: async (user) => write(await authority.issue(user)),
    kubeconfigForServiceAccount: (namespace, name) =>
      api.kubeconfigFor({
        name: `system:serviceaccount:${namespace}:${name}`,
        groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
      }),
    kubectl: (args, options) =>
      runKubectl({
        program: started.kubectl,
        kubeconfigFile: options?.kubeconfigFile ?? kubeconfigFile,
        cacheDirectory: join(directory, 'kubectl-cache'),
        args,
        input: options?.input,
      }),
    async apply(yaml) {
      await api.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input: yaml });
    },
    async createNamespace(name, labels = {}) {
      const objects: object[] = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }];
      if (started.options.serviceAccounts === true) {
        objects.push({
          apiVersion: 'v1',
          kind: 'ServiceAccount',
          metadata: { name: 'default', namespace: name },
        });
      }
      await api.apply(objects.map((object) => JSON.stringify(object)).join('\n---\n'));
    },
    async interrupt() {
      await server.kill();
    },
    async restart() {
      await server.kill();
      server = await started.start(port);
    },
    async stop() {
      // Both would take their time over an orderly end, and nothing they hold is kept.
      await Promise.all([server.kill(), etcd.kill()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
  return api;
}
