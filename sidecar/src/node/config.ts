import { readSettings, text, type Values } from '@culvert/runtime/config';
import { settings as captureSettings } from '../config.ts';

const { agentId, cluster, namespace, workload, pod, node, natsUrl, secretsDir } = captureSettings;
const { metricsHost, metricsPort, heartbeatMs, logLevel } = captureSettings;

/** All settings of the role node: those that it shares with capture mean the same. */
export const settings = {
  agentId: {
    ...agentId,
    description: 'Identifies the agent: `node-` and the name of its node in a cluster.',
  },
  cluster,
  namespace,
  workload,
  pod,
  node,
  natsUrl,
  secretsDir: {
    ...secretsDir,
    description:
      'Directory with `nats-token`, or else `nats-user` and `nats-password`; they may appear later.',
  },
  metricsHost,
  metricsPort,
  procDirectory: text('CULVERT_PROC_DIR', '/proc', 'Where the /proc of the machine is mounted.'),
  sysDirectory: text('CULVERT_SYS_DIR', '/sys', 'Where the /sys of the machine is mounted.'),
  diskPath: text('CULVERT_DISK_PATH', '/', 'A path on the disk whose free space is told.'),
  heartbeatMs,
  logLevel,
};

/** The configuration of the role node. */
export type NodeConfig = Values<typeof settings>;

/** @throws ConfigurationError that lists every mistake */
export function readNodeConfig(environment: Readonly<Record<string, string | undefined>>): NodeConfig {
  return readSettings(settings, environment);
}
