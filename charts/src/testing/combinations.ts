import type { Values } from './helm.ts';

/** Postgres and NATS from elsewhere. */
export const EXTERNAL: Values = {
  postgres: { existingSecret: 'my-postgres' },
  nats: { url: 'nats://nats.data.svc:4222', existingSecret: 'my-nats' },
};

export const EMBEDDED: Values = { embedded: { enabled: true } };

/** Ways in which Culvert is installed, by name. */
export const COMBINATIONS: Readonly<Record<string, Values>> = {
  embedded: EMBEDDED,
  'embedded without volumes': { embedded: { enabled: true, persistence: { enabled: false } } },
  external: EXTERNAL,
  'external with a token': {
    ...EXTERNAL,
    nats: { url: 'tls://a:4222,tls://b:4222', existingSecret: 'my-nats', credentials: 'Token' },
  },
  split: { ...EMBEDDED, orchestrator: { split: true } },
  'no nodes, no rights to restart, no policies': {
    ...EXTERNAL,
    node: { enabled: false },
    operator: { replicas: 1, rollouts: { enabled: false } },
    networkPolicies: { enabled: false },
  },
  'Secrets of one’s own': {
    ...EXTERNAL,
    redaction: { existingSecret: 'my-redaction' },
    orchestrator: { graphql: { existingSecret: 'my-token' }, allowedHosts: ['culvert.example.com'] },
  },
  'a supplied certificate': {
    ...EXTERNAL,
    webhook: {
      failurePolicy: 'Fail',
      excludedNamespaces: ['kube-public'],
      certificates: { mode: 'Supplied', existingSecret: 'my-certificate', caBundle: 'Y2VydGlmaWNhdGU=' },
    },
  },
  'everything said': {
    ...EMBEDDED,
    fullnameOverride: 'traffic',
    cluster: 'blue',
    image: { registry: 'registry.example.com/mirror', tag: '1.2.3', pullSecrets: [{ name: 'pull' }] },
    priorityClassName: 'system-cluster-critical',
    operator: {
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', CULVERT_WORKERS: 8 },
      podAnnotations: { team: 'platform' },
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      tolerations: [{ operator: 'Exists' }],
    },
    networkPolicies: {
      apiFrom: [{ namespaceSelector: { matchLabels: { team: 'platform' } } }],
      metricsFrom: [{ namespaceSelector: { matchLabels: { name: 'monitoring' } } }],
    },
  },
};

/** Combinations with kinds that only some clusters know. */
export const FOREIGN: Readonly<Record<string, Values>> = {
  'cert-manager': { ...EXTERNAL, webhook: { certificates: { mode: 'CertManager' } } },
  'cert-manager with an issuer': {
    ...EXTERNAL,
    webhook: {
      certificates: { mode: 'CertManager', issuerRef: { kind: 'ClusterIssuer', name: 'company' } },
    },
  },
  monitors: {
    ...EMBEDDED,
    monitoring: {
      serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
      podMonitor: { enabled: true },
    },
  },
};
