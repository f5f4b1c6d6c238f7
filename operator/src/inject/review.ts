import type { PatchOperation } from './json-patch.ts';
import type { PodManifest } from './pod.ts';

/** What a webhook is asked (admission.k8s.io/v1), as far as it is read. */
export interface AdmissionRequest {
  readonly uid: string;
  readonly namespace: string;
  readonly operation: string;
  readonly resource: string;
  readonly dryRun: boolean;
  readonly object: PodManifest;
}

/** What a webhook answers. */
export interface AdmissionReview {
  readonly apiVersion: 'admission.k8s.io/v1';
  readonly kind: 'AdmissionReview';
  readonly response: {
    readonly uid: string;
    readonly allowed: true;
    readonly patchType?: 'JSONPatch';
    /** The JSON patch in base64. */
    readonly patch?: string;
    readonly warnings?: readonly string[];
  };
}

/**
 * Reads an AdmissionReview.
 *
 * @throws Error whose message is a sentence when it is none
 */
export function readReview(text: string): AdmissionRequest {
  const review = parseJson(text);
  if (review['kind'] !== 'AdmissionReview' || review['apiVersion'] !== 'admission.k8s.io/v1')
    throw new Error('the body must be an AdmissionReview of admission.k8s.io/v1');
  const request = record(review['request']);
  const uid = request['uid'];
  if (typeof uid !== 'string' || uid === '') throw new Error('the AdmissionReview has no request.uid');
  const resource = record(request['resource'])['resource'];
  const operation = request['operation'];
  const namespace = request['namespace'];
  return {
    uid,
    namespace: typeof namespace === 'string' ? namespace : '',
    operation: typeof operation === 'string' ? operation : '',
    resource: typeof resource === 'string' ? resource : '',
    dryRun: request['dryRun'] === true,
    object: record(request['object']),
  };
}

/** The answer to a request: always allowed, since nobody's pod should fail for want of a sidecar. */
export function answer(
  uid: string,
  patch: readonly PatchOperation[],
  warnings: readonly string[],
): AdmissionReview {
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: true,
      ...(patch.length > 0 && { patchType: 'JSONPatch', patch: base64(JSON.stringify(patch)) }),
      ...(warnings.length > 0 && { warnings: warnings.map((warning) => `culvert: ${warning}`) }),
    },
  };
}

function parseJson(text: string): Record<string, unknown> {
  try {
    return record(JSON.parse(text));
  } catch {
    throw new Error('the body is not JSON');
  }
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}
