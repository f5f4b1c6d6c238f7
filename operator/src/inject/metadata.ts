import {
  CAPTURED_PORTS_ANNOTATION,
  CONFIG_ANNOTATION,
  CONFIG_KEY_ANNOTATION,
  MODE_ANNOTATION,
  VERSION_ANNOTATION,
} from '@culvert/policy/names';
import type { InjectionMode } from './facts.ts';
import type { PodManifest } from './pod.ts';
import { LOCAL_VOLUMES } from './volumes.ts';

/** Annotations of other programs. */
const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';
const SAFE_TO_EVICT = 'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes';

/** The kernel takes 128 KiB for one environment variable, and the API server 256 KiB for all annotations. */
const MAX_DOCUMENT_BYTES = 96 * 1024;
const MAX_ANNOTATION_BYTES = 256 * 1024;

/** What the annotations of an injected pod say. */
export interface AnnotationInput {
  readonly mode: InjectionMode;
  readonly ports: readonly number[];
  readonly configKey: string;
  /** The compiled policies as JSON. */
  readonly document: string;
  readonly version: string;
}

/**
 * The annotations that injection adds or changes. The document is left out where it has no room: then the sidecar waits
 * for NATS to bring it, and captures nothing until then.
 */
export function annotationsFor(
  pod: PodManifest,
  input: AnnotationInput,
): { readonly annotations: Readonly<Record<string, string>>; readonly warnings: readonly string[] } {
  const present = pod.metadata?.annotations ?? {};
  const annotations: Record<string, string> = {
    [MODE_ANNOTATION]: input.mode,
    [CAPTURED_PORTS_ANNOTATION]: input.ports.join(','),
    [CONFIG_KEY_ANNOTATION]: input.configKey,
    [VERSION_ANNOTATION]: input.version,
    [SAFE_TO_EVICT]: mergeNames(present[SAFE_TO_EVICT], LOCAL_VOLUMES),
  };
  const first = pod.spec?.containers?.[0]?.name;
  if (present[DEFAULT_CONTAINER] === undefined && first !== undefined) annotations[DEFAULT_CONTAINER] = first;
  const withDocument = { ...annotations, [CONFIG_ANNOTATION]: input.document };
  if (
    bytes(input.document) <= MAX_DOCUMENT_BYTES &&
    sizeOf({ ...present, ...withDocument }) <= MAX_ANNOTATION_BYTES
  ) {
    return { annotations: withDocument, warnings: [] };
  }
  return {
    annotations,
    warnings: [
      'the policies of this pod are too large for an annotation: its sidecar captures nothing until NATS has brought them; use fewer or shorter matches',
    ],
  };
}

function mergeNames(present: string | undefined, names: readonly string[]): string {
  const listed = (present ?? '').split(',').map((name) => name.trim());
  return [...new Set([...listed.filter((name) => name !== ''), ...names])].join(',');
}

function sizeOf(annotations: Readonly<Record<string, string>>): number {
  return Object.entries(annotations).reduce((sum, [key, value]) => sum + bytes(key) + bytes(value), 0);
}

function bytes(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
