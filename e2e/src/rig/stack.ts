import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import {
  startOrchestrator,
  startSidecar,
  type OrchestratorProcess,
  type SidecarProcess,
} from '@culvert/demo/launcher/culvert';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { freePort } from '@culvert/demo/launcher/ports';
import { startPostgres, type PostgresServer } from '@culvert/demo/launcher/postgres';
import { startApplication, type Application } from './application.ts';
import { createClient, type GraphqlClient } from './graphql.ts';

/** Everything from the socket to GraphQL, as real processes on ports of their own. */
export interface Stack {
  readonly application: Application;
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  readonly graphql: GraphqlClient;
  /** The sidecar's captured port in front of the application. */
  readonly port: number;
  readonly sidecar: () => SidecarProcess;
  readonly orchestrator: () => OrchestratorProcess;
  /** SIGKILL, as a crash would do, and a new process with the same settings. */
  readonly crashSidecar: () => Promise<void>;
  readonly crashOrchestrator: () => Promise<void>;
}

export interface StackOptions {
  /** Where the sidecar forwards to instead of the application. */
  readonly upstreamPort?: number;
  readonly sidecar?: Readonly<Record<string, string>>;
  readonly orchestrator?: Readonly<Record<string, string>>;
  /** Sees each line of every log. */
  readonly onLine?: (line: string) => void;
}

/** What must be done at the end, in the opposite order of its beginning. */
export interface Endings {
  add(end: () => Promise<unknown>): void;
  run(): Promise<void>;
}

export function createEndings(): Endings {
  const endings: (() => Promise<unknown>)[] = [];
  return {
    add: (end) => endings.push(end),
    async run() {
      for (const end of endings.splice(0).toReversed()) await end();
    },
  };
}

/** Starts a stack that ends with the test. */
export async function startStack(t: TestContext, options: StackOptions = {}): Promise<Stack> {
  const endings = createEndings();
  t.after(() => endings.run());
  return startStackWith(endings, options);
}

/** Starts a stack that ends with others: sidecar, orchestrator, application, NATS, Postgres. */
export async function startStackWith(endings: Endings, options: StackOptions = {}): Promise<Stack> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-e2e-'));
  endings.add(() => rm(directory, { recursive: true, force: true }));
  const logged = options.onLine && { onLine: options.onLine };
  const postgres = await startPostgres({
    dataDir: join(directory, 'postgres'),
    port: 0,
    durable: false,
    ...logged,
  });
  endings.add(() => postgres.stop());
  const nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0, ...logged });
  endings.add(() => nats.stop());
  const application = await startApplication();
  endings.add(() => application.close());

  const apiPort = String(await freePort());
  const orchestratorMetricsPort = String(await freePort());
  const port = String(await freePort());
  const sidecarMetricsPort = String(await freePort());
  const runOrchestrator = (): Promise<OrchestratorProcess> =>
    startOrchestrator({
      ...logged,
      environment: {
        CULVERT_PORT: apiPort,
        CULVERT_METRICS_PORT: orchestratorMetricsPort,
        CULVERT_POSTGRES_URL: postgres.url,
        CULVERT_DATA_DIR: directory,
        // What a killed replica had taken comes again after this; a minute by default.
        CULVERT_INGEST_ACK_WAIT_MS: '5000',
        NATS_URL: nats.url,
        ...options.orchestrator,
      },
    });
  const runSidecar = (): Promise<SidecarProcess> =>
    startSidecar({
      ...logged,
      environment: {
        CULVERT_CAPTURE: `${port}=127.0.0.1:${options.upstreamPort ?? application.port}`,
        CULVERT_METRICS_PORT: sidecarMetricsPort,
        CULVERT_AGENT_ID: 'agent-1',
        CULVERT_NAMESPACE: 'shop',
        CULVERT_WORKLOAD: 'Deployment/checkout',
        CULVERT_POD: 'checkout-0',
        CULVERT_NODE: 'node-1',
        CULVERT_STATE_DIR: join(directory, 'state'),
        CULVERT_HEARTBEAT_MS: '200',
        NATS_URL: nats.url,
        ...options.sidecar,
      },
    });
  let orchestrator = await runOrchestrator();
  endings.add(() => orchestrator.stop());
  let sidecar = await runSidecar();
  endings.add(() => sidecar.stop());
  return {
    application,
    postgres,
    nats,
    graphql: createClient(`http://127.0.0.1:${apiPort}/graphql`),
    port: Number(port),
    sidecar: () => sidecar,
    orchestrator: () => orchestrator,
    crashSidecar: async () => {
      await sidecar.kill();
      sidecar = await runSidecar();
    },
    crashOrchestrator: async () => {
      await orchestrator.kill();
      orchestrator = await runOrchestrator();
    },
  };
}
