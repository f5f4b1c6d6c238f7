import type { ModeSetting } from './facts.ts';
import type { Resources } from './resources.ts';

/** What an installation says about injected containers. */
export interface InjectionSettings {
  /** Put into an annotation of injected pods. */
  readonly version: string;
  readonly image: string;
  readonly pullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  /** Secrets of the operator's namespace with which nodes pull it. */
  readonly pullSecrets: readonly string[];
  readonly cluster: string;
  /** Where sidecars find NATS; without credentials. */
  readonly natsUrl: string;
  readonly sidecarResources: Resources;
  readonly redirectResources: Resources;
  /** Further settings of the sidecar; those that the injector sets itself win. */
  readonly environment: Readonly<Record<string, string>>;
  /** Upper bound of the sidecar's volume, as a quantity. */
  readonly stateSizeLimit: string;
  readonly mode: ModeSetting;
  /** `kube-system` and the operator's own namespace. */
  readonly protectedNamespaces: readonly string[];
}
