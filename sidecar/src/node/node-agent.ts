import { setTimeout as delay } from 'node:timers/promises';
import { startAdminServer } from '@culvert/runtime/admin';
import { systemClock } from '@culvert/runtime/clock';
import { shutDown } from '@culvert/runtime/lifecycle';
import type { Logger } from '@culvert/runtime/log';
import { createHeartbeat } from '../books/heartbeat.ts';
import { createProcessMetrics } from '../metrics/process-metrics.ts';
import { SecretFiles } from '../control/secrets.ts';
import { openLink } from '../publish/connection.ts';
import { createAgent } from '../publish/identity.ts';
import { explained } from '../start-error.ts';
import { createMeter } from '../system/meter.ts';
import type { NodeConfig } from './config.ts';

const GOODBYE_MS = 2_000;

/** An agent that measures a machine. */
export interface NodeAgent {
  readonly metricsPort: number;
  /** Says goodbye and ends. */
  stop(): Promise<boolean>;
}

/**
 * Starts an agent that captures nothing: its heartbeats say how the machine does.
 *
 * @param version of this build, for the heartbeat
 * @throws when the port can't be used
 */
export async function startNodeAgent(config: NodeConfig, version: string, log: Logger): Promise<NodeAgent> {
  const now = (): number => systemClock.now();
  const { cluster, namespace, workload, pod, node } = config;
  const identity = { cluster, namespace, workload, pod, node, version, role: 'node' };
  const agent = createAgent(config.agentId, identity);
  const { procDirectory, sysDirectory, diskPath } = config;
  const meter = createMeter({ of: 'machine', procDirectory, sysDirectory, diskPath }, now, log);
  const secrets = new SecretFiles(config.secretsDir);
  let connected = false;
  // Readiness means that the process runs: whatever becomes of NATS, it tries again by itself.
  const admin = await explained('CULVERT_METRICS_PORT', () =>
    startAdminServer({
      host: config.metricsHost,
      port: config.metricsPort,
      registry: createProcessMetrics(() => connected),
      readiness: [],
      log,
    }),
  );
  const onError = (error: unknown): void => {
    log.error({ err: error }, 'a fault in the node agent; it goes on');
  };
  const link = openLink({
    url: config.natsUrl,
    agentId: agent.agentId,
    log,
    credentials: () => secrets.natsCredentials(),
    onConnected: () => {
      connected = true;
      void heartbeat.beat();
    },
    onDisconnected: () => {
      connected = false;
    },
    onError,
  });
  const heartbeat = createHeartbeat({
    agent,
    capabilities: ['system'],
    link,
    measure: () => meter.measure(),
    now,
    onError,
  });
  const beating = setInterval(() => {
    void heartbeat.beat();
  }, config.heartbeatMs);
  log.info({ agentId: agent.agentId, procDirectory, sysDirectory, diskPath }, 'node agent measures');
  return {
    metricsPort: admin.port,
    stop: () =>
      shutDown(
        [
          {
            name: 'say goodbye',
            timeoutMs: GOODBYE_MS + 1_000,
            run: async () => {
              clearInterval(beating);
              await Promise.race([heartbeat.sayGoodbye(), delay(GOODBYE_MS, false, { ref: false })]);
            },
          },
          {
            name: 'close NATS and metrics',
            timeoutMs: GOODBYE_MS,
            run: async () => {
              await link.close();
              await admin.close();
            },
          },
        ],
        log,
      ),
  };
}
