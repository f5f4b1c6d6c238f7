import {
  choice,
  integer,
  port,
  readSettings,
  secret,
  text,
  type Setting,
  type Values,
} from '@culvert/runtime/config';
import { LOG_LEVELS } from '@culvert/runtime/log';
import { parseNatsUrl } from '@culvert/runtime/nats';
import { hostname } from 'node:os';
import { parseBindings, type Binding } from './capture/bindings.ts';
import { configKey, labels, podAddresses, redactHeaders } from './listed-settings.ts';
import { BATCH_BYTES } from './spool/spool.ts';

const MIB = 1024 * 1024;
const capture: Setting<readonly Binding[]> = {
  variable: 'CULVERT_CAPTURE',
  description:
    'Captured ports as `[BIND:]PORT=HOST:PORT`, several separated by commas, IPv6 in brackets; the host `pod` is the address of the pod.',
  fallback: undefined,
  type: 'list',
  parse: parseBindings,
};

/** A name that becomes part of subjects and rows. */
function name(variable: string, fallback: string, description: string): Setting<string> {
  return {
    ...text(variable, fallback, description),
    parse: (value) => {
      if (value.length > 253) throw new Error(`must have at most 253 characters, not ${value.length}`);

      if (/[\u0000-\u001f\u007f]/.test(value)) throw new Error('must not contain control characters');
      return value;
    },
  };
}

/** All settings of the sidecar. */
export const settings = {
  capture,
  agentId: {
    ...name('CULVERT_AGENT_ID', hostname(), 'Identifies the agent: the UID of its pod in a cluster.'),
    shown: 'the host name',
  },
  cluster: name('CULVERT_CLUSTER', 'local', 'Cluster that the agent runs in.'),
  namespace: name('CULVERT_NAMESPACE', 'default', 'Namespace of the pod.'),
  workload: name('CULVERT_WORKLOAD', '', 'Topmost controller of the pod as `Kind/name`.'),
  pod: name('CULVERT_POD', '', 'Name of the pod.'),
  node: name('CULVERT_NODE', '', 'Name of the node.'),
  natsUrl: {
    ...secret('NATS_URL', 'nats://127.0.0.1:4222', 'NATS servers, separated by commas.'),
    parse: parseNatsUrl,
  },
  secretsDir: text(
    'CULVERT_SECRETS_DIR',
    '',
    'Directory with `nats-token`, or else `nats-user` and `nats-password`, and `redaction-key`; they may appear later.',
  ),
  podAddresses,
  configKey,
  configDocument: text(
    'CULVERT_CONFIG_DOCUMENT',
    '',
    'Compiled policies as JSON, which hold until newer ones are read from NATS.',
  ),
  labels,
  redactHeaders,
  metricsHost: text('CULVERT_METRICS_HOST', '127.0.0.1', 'Address of `/metrics`, `/healthz` and `/readyz`.'),
  metricsPort: port('CULVERT_METRICS_PORT', 9465, 'Port of `/metrics`, `/healthz` and `/readyz`.'),
  stateDir: text(
    'CULVERT_STATE_DIR',
    '.culvert/state',
    'Directory for what must survive a crash of the agent.',
  ),
  bodyLimitBytes: integer(
    'CULVERT_BODY_LIMIT_BYTES',
    MIB,
    'How much of each body is captured, each way, where no policy says so; 0 means metadata only.',
    { min: 0, max: 1024 * MIB, unit: 'bytes' },
  ),
  headLimitBytes: integer(
    'CULVERT_HEAD_LIMIT_BYTES',
    64 * 1024,
    'A larger message head turns its connection opaque.',
    { min: 1024, max: 64 * 1024, unit: 'bytes' },
  ),
  spoolBytes: integer('CULVERT_SPOOL_BYTES', 32 * MIB, 'Memory for events that NATS has not acknowledged.', {
    min: 4 * BATCH_BYTES,
    max: 4096 * MIB,
    unit: 'bytes',
  }),
  heldBytes: integer(
    'CULVERT_HELD_BYTES',
    8 * MIB,
    'Memory for open exchanges; beyond it they are written out early.',
    { min: 64 * 1024, max: 4096 * MIB, unit: 'bytes' },
  ),
  openAfterMs: integer('CULVERT_OPEN_AFTER_MS', 250, 'An exchange open for longer is published as open.', {
    min: 10,
    max: 60_000,
    unit: 'milliseconds',
  }),
  readAfterMs: integer(
    'CULVERT_READ_AFTER_MS',
    200,
    'How long forwarded traffic waits to be read together with other traffic; 0 reads each piece at once.',
    { min: 0, max: 1_000, unit: 'milliseconds' },
  ),
  lingerMs: integer('CULVERT_LINGER_MS', 20, 'How long an event waits for company in its batch.', {
    min: 1,
    max: 5_000,
    unit: 'milliseconds',
  }),
  window: integer('CULVERT_WINDOW_BATCHES', 32, 'Batches that may wait for their acknowledgement.', {
    min: 1,
    max: 1024,
    unit: 'batches',
  }),
  heartbeatMs: integer('CULVERT_HEARTBEAT_MS', 5_000, 'Time between heartbeats.', {
    min: 100,
    max: 15_000,
    unit: 'milliseconds',
  }),
  drainMs: integer('CULVERT_DRAIN_MS', 10_000, 'After SIGTERM, how long open connections may go on.', {
    min: 0,
    max: 3_600_000,
    unit: 'milliseconds',
  }),
  flushMs: integer('CULVERT_FLUSH_MS', 5_000, 'After that, how long publishing what was captured may take.', {
    min: 0,
    max: 600_000,
    unit: 'milliseconds',
  }),
  logLevel: choice('CULVERT_LOG_LEVEL', 'info', LOG_LEVELS, 'Least severe level that is logged.'),
};

/** The sidecar's configuration. */
export type Config = Values<typeof settings>;

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError that lists every mistake
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readSettings(settings, environment, ({ capture: bindings, podAddresses: addresses }) =>
    bindings?.some(({ upstream }) => upstream.host === 'pod') === true && addresses?.length === 0
      ? ['CULVERT_POD_IPS is required where CULVERT_CAPTURE leads to the pod']
      : [],
  );
}
