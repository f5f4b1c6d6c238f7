import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Config } from './config.ts';
import { startOrchestrator, startSidecar } from './launcher/culvert.ts';
import { startNatsServer } from './launcher/nats-server.ts';
import { startNodeProcess } from './launcher/node-process.ts';
import { startPostgres } from './launcher/postgres.ts';
import type { ManagedProcess } from './launcher/process.ts';
import { root } from './launcher/root.ts';
import type { Progress } from './print/progress.ts';
import type { Part, Stack } from './stack.ts';

/** The sidecar's name in the demo. */
export const AGENT_ID = 'demo-sidecar';

/** Where a demo keeps things. */
export interface Directories {
  readonly state: string;
  readonly log: string;
}

/** The directories that the configuration names, absolute. */
export function directoriesOf(config: Config): Directories {
  const state = resolve(root, config.stateDirectory);
  return { state, log: join(state, 'log') };
}

/** Starts everything that the demo shows, each part when the one before it is ready. */
export async function startServices(config: Config, stack: Stack, progress: Progress): Promise<void> {
  const { state, log } = directoriesOf(config);
  await rm(log, { recursive: true, force: true }); // logs of this run only
  const logFile = (name: string): string => join(log, `${name}.log`);

  const postgres = await stack.start(`Postgres on 127.0.0.1:${config.postgresPort}`, () =>
    startPostgres({
      dataDir: join(state, 'postgres'),
      port: config.postgresPort,
      logFile: logFile('postgres'),
    }),
  );
  const nats = await stack.start(`nats-server with JetStream on 127.0.0.1:${config.natsPort}`, () =>
    startNatsServer({
      storeDir: join(state, 'nats'),
      port: config.natsPort,
      logFile: logFile('nats-server'),
      say: (line) => {
        progress.remark(line);
      },
    }),
  );
  await stack.start(`orchestrator on http://127.0.0.1:${config.apiPort}`, async () =>
    partOf(
      await startOrchestrator({
        environment: {
          CULVERT_HOST: '127.0.0.1',
          CULVERT_PORT: String(config.apiPort),
          CULVERT_METRICS_PORT: String(config.metricsPort),
          CULVERT_POSTGRES_URL: postgres.url,
          NATS_URL: nats.url,
          CULVERT_DATA_DIR: join(state, 'orchestrator'),
          CULVERT_REQUIRE_TOKEN: '0',
        },
        logFile: logFile('orchestrator'),
      }),
    ),
  );
  await stack.start(`sample application on http://127.0.0.1:${config.applicationPort}`, async () =>
    partOf(
      await startNodeProcess({
        name: 'sample application',
        program: join(root, 'demo/src/application/main.ts'),
        environment: { PORT: String(config.applicationPort) },
        logFile: logFile('application'),
        readyUrl: `http://127.0.0.1:${config.applicationPort}/`,
      }),
    ),
  );
  await stack.start(`sidecar on 127.0.0.1:${config.capturePort}, in front of it`, async () =>
    partOf(
      await startSidecar({
        environment: {
          CULVERT_CAPTURE: `127.0.0.1:${config.capturePort}=127.0.0.1:${config.applicationPort}`,
          CULVERT_AGENT_ID: AGENT_ID,
          CULVERT_CLUSTER: 'local',
          CULVERT_NAMESPACE: 'demo',
          CULVERT_WORKLOAD: 'Deployment/sample-shop',
          CULVERT_POD: 'sample-shop-0',
          CULVERT_NODE: 'this-machine',
          CULVERT_METRICS_PORT: String(config.sidecarMetricsPort),
          CULVERT_STATE_DIR: join(state, 'sidecar'),
          CULVERT_REDACT_HEADERS: 'none', // all secrets are invented, and headers are compared byte for byte
          CULVERT_HEARTBEAT_MS: '1000', // the books are shown soon after the traffic
          NATS_URL: nats.url,
        },
        logFile: logFile('sidecar'),
      }),
    ),
  );
}

function partOf(managed: ManagedProcess): Part {
  return { process: managed, stop: () => managed.stop() };
}
