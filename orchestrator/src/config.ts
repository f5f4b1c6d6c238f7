import {
  choice,
  flag,
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
import { tracingSettings } from '@culvert/runtime/tracing/settings';
import { apiSettings } from './api-settings.ts';
import { isLoopback } from './http/access.ts';
import { ingestSettings } from './ingest-settings.ts';
import type { IngestLimits } from './ingest/limits.ts';
import { rollupProblems, rollupSettings } from './rollup-settings.ts';
import { retentionProblems, retentionSettings } from './retention-settings.ts';
import { liveSettings } from './live-settings.ts';
import { parseRoles, ROLES, type Role } from './roles.ts';

/** Every setting of the orchestrator. The reference page is made from this record. */
export const settings = {
  roles: {
    variable: 'CULVERT_ROLES',
    description: 'Which roles this process plays; the flag --roles wins.',
    fallback: ROLES,
    shown: ROLES.join(','),
    type: 'comma-separated list',
    parse: parseRoles,
  } satisfies Setting<readonly Role[]>,
  logLevel: choice('CULVERT_LOG_LEVEL', 'info', LOG_LEVELS, 'The least severe level that is logged.'),
  host: text('CULVERT_HOST', '127.0.0.1', 'The address that GraphQL and REST listen on.'),
  port: port('CULVERT_PORT', 9090, 'The port of GraphQL and REST.'),
  metricsHost: text(
    'CULVERT_METRICS_HOST',
    '127.0.0.1',
    'The address that /metrics, /healthz and /readyz listen on.',
  ),
  metricsPort: port('CULVERT_METRICS_PORT', 9464, 'The port of /metrics, /healthz and /readyz.'),
  postgresUrl: {
    ...secret(
      'CULVERT_POSTGRES_URL',
      'postgres://culvert@127.0.0.1:5433/culvert',
      'Where Postgres is: postgres://user:password@host:port/database.',
    ),
    parse: postgresUrl,
  },
  postgresConnections: integer(
    'CULVERT_POSTGRES_CONNECTIONS',
    10,
    'How many connections to Postgres the api role opens at most; ingest has its own.',
    { min: 1, max: 500, unit: 'connections' },
  ),
  natsUrl: {
    ...secret(
      'NATS_URL',
      'nats://127.0.0.1:4222',
      'Where NATS is: nats://[user:password@|token@]host:port, several separated by commas.',
    ),
    parse: parseNatsUrl,
  },
  allowedHosts: {
    variable: 'CULVERT_ALLOWED_HOSTS',
    description: 'Host names that requests may name in Host and Origin besides loopback ones.',
    fallback: [],
    shown: '',
    type: 'comma-separated list',
    parse: hostNames,
  } satisfies Setting<readonly string[]>,
  requireToken: flag(
    'CULVERT_REQUIRE_TOKEN',
    false,
    'Whether requests need a bearer token; on a listening address other than loopback they always do.',
  ),
  token: secret('CULVERT_TOKEN', '', 'The bearer token itself.'),
  tokenFile: text('CULVERT_TOKEN_FILE', '', 'A file that holds the bearer token.'),
  dataDirectory: text(
    'CULVERT_DATA_DIR',
    '.culvert',
    'Where a token is kept that was made because none was given: in the file token.',
  ),
  configDirectory: text(
    'CULVERT_CONFIG_DIR',
    '',
    'A folder of YAML files with CapturePolicy resources for agents outside a cluster; it is watched.',
  ),
  sqlTimeoutMs: integer(
    'CULVERT_SQL_TIMEOUT_MS',
    2_000,
    'How long one SQL statement of a query, and all statements of a page, may take.',
    {
      min: 10,
      max: 60_000,
      unit: 'milliseconds',
    },
  ),
  ...apiSettings,
  ...liveSettings,
  requestTimeoutMs: integer(
    'CULVERT_REQUEST_TIMEOUT_MS',
    30_000,
    'How long a client may take to send an API request.',
    { min: 100, max: 600_000, unit: 'milliseconds' },
  ),
  shutdownTimeoutMs: integer(
    'CULVERT_SHUTDOWN_TIMEOUT_MS',
    10_000,
    'How long requests that are being answered may take to finish after SIGTERM.',
    { min: 0, max: 600_000, unit: 'milliseconds' },
  ),
  ...ingestSettings,
  ...tracingSettings('culvert-orchestrator'),
  ...retentionSettings,
  ...rollupSettings,
};

/** The orchestrator's configuration. */
export type Config = Values<typeof settings>;

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError with one sentence for each mistake
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readSettings(settings, environment, (values) => {
    const problems: string[] = [];
    if (values.token && values.tokenFile)
      problems.push('CULVERT_TOKEN and CULVERT_TOKEN_FILE are both set: give one of them');
    if (values.port && values.port === values.metricsPort)
      problems.push(`CULVERT_PORT and CULVERT_METRICS_PORT are both ${values.port}: give each its own`);
    problems.push(...retentionProblems(values), ...rollupProblems(values));
    return problems;
  });
}

/** Whether requests need a bearer token: when asked for, and always when others than this machine can connect. */
export function tokenRequired(config: Pick<Config, 'requireToken' | 'host'>): boolean {
  return config.requireToken || !isLoopback(config.host);
}

/** The part of the configuration that ingest works by. */
export function ingestLimits(config: Config): IngestLimits {
  return config;
}

function postgresUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null || (url.protocol !== 'postgres:' && url.protocol !== 'postgresql:'))
    throw new Error('must be a URL that starts with postgres://');
  return value;
}

function hostNames(value: string): readonly string[] {
  const names = value
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  const wrong = names.filter((name) => URL.parse(`http://${name}/`)?.host !== name || name.includes('*'));
  if (wrong.length > 0)
    throw new Error(`must be host names or addresses, optionally with a port; wrong: ${wrong.join(', ')}`);
  return names;
}
