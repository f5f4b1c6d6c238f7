import { quote } from './quote.ts';
import { CONFIG_ANNOTATION, LOG_LEVEL_ANNOTATION, SIDECAR_ADMIN_PORT } from '@culvert/policy/names';
import { LOG_LEVELS } from '@culvert/runtime/log';
import type { V1EnvVar } from '@kubernetes/client-node';
import { capturePort } from './containers.ts';
import type { InjectionSettings } from './settings.ts';
import { SECRETS_DIRECTORY, STATE_DIRECTORY } from './volumes.ts';

/** Who a pod is to Culvert. */
export interface PodIdentity {
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
  /** The key of its document in the bucket of configuration. */
  readonly configKey: string;
}

/** The environment of a pod's sidecar. */
export function sidecarEnvironment(
  ports: readonly number[],
  identity: PodIdentity,
  logLevel: string | undefined,
  settings: InjectionSettings,
): readonly V1EnvVar[] {
  const variables = new Map<string, V1EnvVar>();
  const set = (name: string, value: string): void => {
    variables.set(name, { name, value });
  };
  const setField = (name: string, fieldPath: string): void => {
    variables.set(name, { name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } });
  };
  for (const [name, value] of Object.entries(settings.environment)) set(name, value);
  set('CULVERT_CAPTURE', ports.map((port, index) => `[::]:${capturePort(index)}=pod:${port}`).join(','));
  setField('CULVERT_POD_IPS', 'status.podIPs');
  setField('CULVERT_AGENT_ID', 'metadata.uid');
  setField('CULVERT_NAMESPACE', 'metadata.namespace');
  setField('CULVERT_POD', 'metadata.name');
  setField('CULVERT_NODE', 'spec.nodeName');
  set('CULVERT_WORKLOAD', identity.workload);
  set('CULVERT_CLUSTER', settings.cluster);
  set('CULVERT_METRICS_HOST', '::');
  set('CULVERT_METRICS_PORT', String(SIDECAR_ADMIN_PORT));
  set('CULVERT_STATE_DIR', STATE_DIRECTORY);
  set('CULVERT_SECRETS_DIR', SECRETS_DIRECTORY);
  set('NATS_URL', settings.natsUrl);
  set('CULVERT_CONFIG_KEY', identity.configKey);
  setField('CULVERT_CONFIG_DOCUMENT', `metadata.annotations['${CONFIG_ANNOTATION}']`);
  if (logLevel !== undefined) set('CULVERT_LOG_LEVEL', logLevel);
  return [...variables.values()];
}

/** Reads the log level that a pod's annotation asks for. */
export function logLevelOf(annotations: Readonly<Record<string, string>>): {
  readonly level: string | undefined;
  readonly warnings: readonly string[];
} {
  const text = annotations[LOG_LEVEL_ANNOTATION];
  const level = LOG_LEVELS.find((known) => known === text);
  if (text === undefined || level !== undefined) return { level, warnings: [] };
  return {
    level: undefined,
    warnings: [
      `annotation ${LOG_LEVEL_ANNOTATION} must be one of ${LOG_LEVELS.join(', ')}, not ${quote(text)}; it counts as not set`,
    ],
  };
}
