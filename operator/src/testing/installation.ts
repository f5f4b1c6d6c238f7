import { KubeConfig } from '@kubernetes/client-node';
import { startOperator, type CulvertOptions, type OperatorProcess } from '@culvert/demo/launcher/culvert';
import {
  startKubernetesApi,
  type KubernetesApi,
  type KubernetesApiOptions,
} from '@culvert/demo/launcher/kubernetes-api';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createKubernetesClient, type KubernetesClient } from '../kubernetes/client.ts';
import { noTracing } from '@culvert/runtime/tracing/tracing';

/** A real API server and a real nats-server, with the definition of CapturePolicy and no operator yet. */
export interface Installation {
  readonly api: KubernetesApi;
  readonly nats: NatsServer;
  /** An administrator's. */
  readonly client: KubernetesClient;
  /** Starts a replica. */
  startOperator(
    environment?: Readonly<Record<string, string>>,
    untilReady?: boolean,
    program?: Pick<CulvertOptions, 'program' | 'nodeFlags'>,
  ): Promise<OperatorProcess>;
  stop(): Promise<void>;
}

const CUSTOM_RESOURCES = new URL('../../../crds/capturepolicies.yaml', import.meta.url);

/** Starts both servers; replicas that are still running at the end are stopped with them. */
export async function startInstallation(kubernetes: KubernetesApiOptions = {}): Promise<Installation> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-operator-'));
  const secrets = join(directory, 'agent-secrets');
  await mkdir(secrets);
  await writeFile(join(secrets, 'nats-user'), 'agent');
  await writeFile(join(secrets, 'redaction-key'), 'key');
  const [api, nats] = await Promise.all([
    startKubernetesApi(kubernetes),
    startNatsServer({ storeDir: join(directory, 'nats'), port: 0 }),
  ]);
  await api.apply(await readFile(CUSTOM_RESOURCES, 'utf8'));
  await api.createNamespace('culvert-system');
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromFile(api.kubeconfigFile);
  const client = createKubernetesClient(kubeConfig, noTracing);
  const operators: OperatorProcess[] = [];
  return {
    api,
    nats,
    client,
    async startOperator(environment = {}, untilReady = true, program = {}) {
      const operator = await startOperator({
        environment: {
          KUBECONFIG: api.kubeconfigFile,
          NATS_URL: nats.url,
          CULVERT_AGENT_SECRETS_DIR: secrets,
          CULVERT_POD: `replica-${operators.length}`,
          ...environment,
        },
        untilReady,
        ...program,
      });
      operators.push(operator);
      return operator;
    },
    async stop() {
      client.close();
      await Promise.all(operators.map((operator) => operator.stop()));
      await Promise.all([nats.stop(), api.stop()]);
      await rm(directory, { recursive: true, force: true });
    },
  };
}
