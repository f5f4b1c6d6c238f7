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
import { VERSION } from '@culvert/runtime/version';
import { hostname } from 'node:os';
import { MODE_SETTINGS } from './inject/facts.ts';
import { jsonRecord, resources } from './settings/json-settings.ts';

const DURATION = { min: 100, max: 3_600_000, unit: 'milliseconds' };

const natsUrl: Setting<string> = {
  ...secret('NATS_URL', 'nats://127.0.0.1:4222', 'NATS servers, separated by commas.'),
  parse: parseNatsUrl,
};

/** All settings of the operator. */
export const settings = {
  namespace: text('CULVERT_OPERATOR_NAMESPACE', 'culvert-system', 'Namespace that the operator runs in.'),
  name: text('CULVERT_OPERATOR_NAME', 'culvert', 'Name of the installation, with which its objects begin.'),
  pod: { ...text('CULVERT_POD', hostname(), 'Name of this replica in elections.'), shown: 'the host name' },
  cluster: text('CULVERT_CLUSTER', 'local', 'Name of the cluster, in subjects and rows.'),
  kubeconfig: text(
    'KUBECONFIG',
    '',
    'Access to the API server from outside a cluster; within one, the service account is used.',
  ),
  natsUrl,
  secretsDir: text(
    'CULVERT_SECRETS_DIR',
    '',
    'Directory with `nats-token`, or else `nats-user` and `nats-password`, of the operator; they may appear later.',
  ),
  agentSecretsDir: text(
    'CULVERT_AGENT_SECRETS_DIR',
    '',
    'Directory whose files (`nats-user`, `nats-password`, `redaction-key`) sidecars get as a Secret.',
  ),
  agentNatsUrl: text(
    'CULVERT_AGENT_NATS_URL',
    'nats://culvert-nats.culvert-system.svc:4222',
    'What sidecars are told about where NATS is; without credentials.',
  ),
  webhookPort: port('CULVERT_WEBHOOK_PORT', 9443, 'Port of the admission webhook (HTTPS).'),
  webhookLingerMs: integer(
    'CULVERT_WEBHOOK_LINGER_MS',
    0,
    'After SIGTERM, how long pods are still admitted, until no Service leads here any more.',
    { min: 0, max: 60_000, unit: 'milliseconds' },
  ),
  webhookConfiguration: text(
    'CULVERT_WEBHOOK_CONFIGURATION',
    'culvert-injector',
    'Name of the MutatingWebhookConfiguration.',
  ),
  webhookService: text(
    'CULVERT_WEBHOOK_SERVICE',
    'culvert-operator.culvert-system.svc',
    'Name by which the API server reaches the webhook.',
  ),
  certificates: choice(
    'CULVERT_CERTIFICATES',
    'managed',
    ['managed', 'files'],
    "Whether the operator makes the webhook's certificates or reads them from files.",
  ),
  certificateDir: text(
    'CULVERT_CERTIFICATE_DIR',
    '/etc/culvert/certificates',
    'Directory with `tls.crt`, `tls.key` and maybe `ca.crt`, watched; for certificates from files.',
  ),
  patchCaBundle: flag(
    'CULVERT_PATCH_CA_BUNDLE',
    true,
    'Whether the operator writes the authority into the webhook configuration.',
  ),
  sidecarImage: text(
    'CULVERT_SIDECAR_IMAGE',
    `docker.io/culvert/sidecar:${VERSION}`,
    'Image of the sidecar.',
  ),
  sidecarPullPolicy: choice(
    'CULVERT_SIDECAR_PULL_POLICY',
    'IfNotPresent',
    ['Always', 'IfNotPresent', 'Never'],
    'When nodes pull the image of the sidecar.',
  ),
  pullSecrets: text(
    'CULVERT_PULL_SECRETS',
    '',
    "Secrets of the operator's namespace, separated by commas, that nodes need to pull the image of the sidecar; captured namespaces get copies.",
  ),
  sidecarResources: resources(
    'CULVERT_SIDECAR_RESOURCES',
    { requests: { cpu: '10m', memory: '96Mi' }, limits: { memory: '256Mi' } },
    'Requests and limits of the sidecar as JSON.',
  ),
  redirectResources: resources(
    'CULVERT_REDIRECT_RESOURCES',
    { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    'Requests and limits of the container that redirects ports, as JSON.',
  ),
  sidecarEnvironment: jsonRecord(
    'CULVERT_SIDECAR_ENV',
    'Further settings of sidecars as a JSON object of texts.',
  ),
  stateSizeLimit: text(
    'CULVERT_STATE_SIZE_LIMIT',
    '16Mi',
    "Upper bound of a sidecar's volume, as a quantity.",
  ),
  injectionMode: choice(
    'CULVERT_INJECTION_MODE',
    'auto',
    MODE_SETTINGS,
    'How traffic gets to sidecars; auto chooses by the Pod Security level of the namespace, RedirectOnly leaves pods alone where that forbids a redirect, as auto does before Kubernetes 1.32.',
  ),
  workers: integer('CULVERT_WORKERS', 4, 'How many namespaces are reconciled at once.', {
    min: 1,
    max: 64,
    unit: 'namespaces',
  }),
  debounceMs: integer(
    'CULVERT_DEBOUNCE_MS',
    200,
    'How long changes of a namespace are gathered before it is reconciled.',
    { min: 0, max: 60_000, unit: 'milliseconds' },
  ),
  resyncMs: integer('CULVERT_RESYNC_MS', 600_000, 'How often everything is reconciled without a cause.', {
    min: 1_000,
    max: 86_400_000,
    unit: 'milliseconds',
  }),
  documentGraceMs: integer(
    'CULVERT_DOCUMENT_GRACE_MS',
    300_000,
    'How long a document stays after the last pod that it is for.',
    { ...DURATION, min: 0 },
  ),
  leaderElection: flag('CULVERT_LEADER_ELECTION', true, 'Whether a Lease decides which replica reconciles.'),
  leaseDurationMs: integer('CULVERT_LEASE_DURATION_MS', 15_000, 'How long a lease holds unrenewed.', {
    ...DURATION,
    min: 1_000,
  }),
  renewDeadlineMs: integer(
    'CULVERT_RENEW_DEADLINE_MS',
    10_000,
    'A leader that is late by this has lost.',
    DURATION,
  ),
  retryPeriodMs: integer('CULVERT_RETRY_PERIOD_MS', 2_000, 'Time between attempts at the lease.', DURATION),
  metricsHost: text('CULVERT_METRICS_HOST', '127.0.0.1', 'Address of `/metrics`, `/healthz` and `/readyz`.'),
  metricsPort: port('CULVERT_METRICS_PORT', 9464, 'Port of `/metrics`, `/healthz` and `/readyz`.'),
  ...tracingSettings('culvert-operator'),
  logLevel: choice('CULVERT_LOG_LEVEL', 'info', LOG_LEVELS, 'Least severe level that is logged.'),
};

/** The operator's configuration. */
export type Config = Values<typeof settings>;

/**
 * Reads the configuration.
 *
 * @throws ConfigurationError that lists every mistake
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  return readSettings(settings, environment, (values) => {
    const problems: string[] = [];
    const { leaseDurationMs: lease, renewDeadlineMs: renew, retryPeriodMs: retry } = values;
    if (lease !== undefined && renew !== undefined && renew >= lease)
      problems.push('CULVERT_RENEW_DEADLINE_MS must be less than CULVERT_LEASE_DURATION_MS');
    if (renew !== undefined && retry !== undefined && retry >= renew)
      problems.push('CULVERT_RETRY_PERIOD_MS must be less than CULVERT_RENEW_DEADLINE_MS');
    return problems;
  });
}
