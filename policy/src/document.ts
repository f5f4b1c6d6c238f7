import type { PortRules } from '@culvert/traffic/select/rules';

/** The newest schema version that this release writes and reads. */
export const DOCUMENT_VERSION = 1;

/**
 * What a sidecar is told: the compiled policies of one workload, as JSON in the key-value bucket `culvert-config` and
 * in an annotation of the pod.
 */
export interface WorkloadDocument {
  readonly schemaVersion: number;
  readonly kind: 'Workload';
  /** 16 hex digits over everything else: equal content has an equal revision. */
  readonly revision: string;
  readonly namespace: string;
  /** `Kind/name` of the topmost controller. */
  readonly workload: string;
  /** The policies whose rules it contains, the deciding ones first. */
  readonly policies: readonly PolicyReference[];
  /** Rules by the application's port number, as text. */
  readonly ports: Readonly<Record<string, PortRules>>;
  /** Rules of captured ports that `ports` does not name. */
  readonly otherPorts: PortRules;
}

/** A policy at one generation. */
export interface PolicyReference {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
}
