import type { Config } from '../config.ts';
import type { InjectionSettings } from '../inject/settings.ts';

/** Names of the Secrets with which nodes pull the sidecar. */
export function pullSecretsOf({ pullSecrets }: Pick<Config, 'pullSecrets'>): readonly string[] {
  return pullSecrets
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** What the configuration says about injected containers. */
export function injectionSettings(config: Config, version: string): InjectionSettings {
  return {
    version,
    image: config.sidecarImage,
    pullPolicy: config.sidecarPullPolicy,
    pullSecrets: pullSecretsOf(config),
    cluster: config.cluster,
    natsUrl: config.agentNatsUrl,
    sidecarResources: config.sidecarResources,
    redirectResources: config.redirectResources,
    environment: config.sidecarEnvironment,
    stateSizeLimit: config.stateSizeLimit,
    mode: config.injectionMode,
    protectedNamespaces: ['kube-system', config.namespace],
  };
}
