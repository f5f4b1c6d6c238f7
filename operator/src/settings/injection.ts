import type { Config } from '../config.ts';
import type { ModeSetting } from '../inject/facts.ts';
import type { InjectionSettings } from '../inject/settings.ts';

/** Names of the Secrets with which nodes pull the sidecar. */
export function pullSecretsOf({ pullSecrets }: Pick<Config, 'pullSecrets'>): readonly string[] {
  return pullSecrets
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * What the configuration says about injected containers.
 *
 * @param mode what the mode means on this cluster, which may change
 */
export function injectionSettings(
  config: Config,
  version: string,
  mode: () => ModeSetting,
): InjectionSettings {
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
    get mode() {
      return mode();
    },
    protectedNamespaces: ['kube-system', config.namespace],
  };
}
