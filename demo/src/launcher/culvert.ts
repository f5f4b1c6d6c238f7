import { join } from 'node:path';
import { startNodeProcess, type NodeProcessOptions } from './node-process.ts';
import { freePort } from './ports.ts';
import type { ManagedProcess } from './process.ts';
import { root } from './root.ts';
import { shippedFlags } from './shipped-flags.ts';

/** How to run the sidecar, the orchestrator or the operator; what is left out holds as its `config.ts` says. */
export interface CulvertOptions {
  /** Its settings. Ports that are not given are chosen by the system, not taken from the defaults. */
  readonly environment: Readonly<Record<string, string>>;
  /** A bundle instead of the sources. */
  readonly program?: string;
  readonly args?: readonly string[];
  /** Flags for node on top of those that the process ships with. */
  readonly nodeFlags?: readonly string[];
  readonly inherited?: NodeJS.ProcessEnv;
  readonly logFile?: string;
  readonly onLine?: (line: string) => void;
  /** False: wait only until it runs (`/healthz`), not until all it needs is there (`/readyz`). */
  readonly untilReady?: boolean;
}

/** A running sidecar. */
export interface SidecarProcess extends ManagedProcess {
  /** Of `/metrics`, `/healthz` and `/readyz`. */
  readonly metricsUrl: string;
}

/** A running orchestrator. */
export interface OrchestratorProcess extends SidecarProcess {
  /** Of `/graphql` and `/health/detailed`. */
  readonly apiUrl: string;
}

/** Starts a sidecar; `CULVERT_CAPTURE` must be among its settings. */
export async function startSidecar(options: CulvertOptions): Promise<SidecarProcess> {
  const metricsPort = options.environment['CULVERT_METRICS_PORT'] ?? String(await freePort());
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  const managed = await startNodeProcess({
    ...common(options, 'sidecar', metricsUrl),
    name: 'sidecar',
    program: options.program ?? join(root, 'sidecar/src/main.ts'),
    environment: { ...options.environment, CULVERT_METRICS_PORT: metricsPort },
  });
  return extend(managed, { metricsUrl });
}

/** Starts an orchestrator; `CULVERT_POSTGRES_URL` and `NATS_URL` say where its database and NATS are. */
export async function startOrchestrator(options: CulvertOptions): Promise<OrchestratorProcess> {
  const port = options.environment['CULVERT_PORT'] ?? String(await freePort());
  const metricsPort = options.environment['CULVERT_METRICS_PORT'] ?? String(await freePort());
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  const managed = await startNodeProcess({
    ...common(options, 'orchestrator', metricsUrl),
    name: 'orchestrator',
    program: options.program ?? join(root, 'orchestrator/src/main.ts'),
    environment: { ...options.environment, CULVERT_PORT: port, CULVERT_METRICS_PORT: metricsPort },
  });
  return extend(managed, { metricsUrl, apiUrl: `http://127.0.0.1:${port}` });
}

/** A running operator. */
export interface OperatorProcess extends SidecarProcess {
  /** Of the admission webhook, on HTTPS. */
  readonly webhookPort: number;
}

/** Starts an operator; `KUBECONFIG` and `NATS_URL` say where the API server and NATS are. */
export async function startOperator(options: CulvertOptions): Promise<OperatorProcess> {
  const webhookPort = options.environment['CULVERT_WEBHOOK_PORT'] ?? String(await freePort());
  const metricsPort = options.environment['CULVERT_METRICS_PORT'] ?? String(await freePort());
  const metricsUrl = `http://127.0.0.1:${metricsPort}`;
  const managed = await startNodeProcess({
    ...common(options, 'operator', metricsUrl),
    name: 'operator',
    program: options.program ?? join(root, 'operator/src/main.ts'),
    environment: {
      ...options.environment,
      CULVERT_WEBHOOK_PORT: webhookPort,
      CULVERT_METRICS_PORT: metricsPort,
    },
  });
  return extend(managed, { metricsUrl, webhookPort: Number(webhookPort) });
}

function common(
  options: CulvertOptions,
  folder: string,
  metricsUrl: string,
): Omit<NodeProcessOptions, 'name' | 'program' | 'environment'> {
  return {
    ...(options.args && { args: options.args }),
    nodeFlags: [...shippedFlags(join(root, folder)), ...(options.nodeFlags ?? [])],
    ...(options.inherited && { inherited: options.inherited }),
    ...(options.onLine && { onLine: options.onLine }),
    logFile: options.logFile,
    readyUrl: `${metricsUrl}/${options.untilReady === false ? 'healthz' : 'readyz'}`,
  };
}

// A spread would copy the getter `running` as it is now.
function extend<T extends object>(managed: ManagedProcess, more: T): ManagedProcess & T {
  return Object.assign(Object.create(managed) as ManagedProcess, more);
}
