/**
 * The parts of a pod that injection reads. A pod from an AdmissionReview, from the client's types or trimmed by a
 * watch fits, as long as these parts were kept.
 */

export interface PodManifest {
  readonly metadata?: PodMetadata | undefined;
  readonly spec?: PodSpec | undefined;
}

export interface PodMetadata {
  readonly name?: string | undefined;
  readonly generateName?: string | undefined;
  readonly namespace?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly ownerReferences?: readonly OwnerReference[] | undefined;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
}

interface PodSpec {
  readonly hostNetwork?: boolean | undefined;
  readonly os?: { readonly name: string } | undefined;
  readonly nodeSelector?: Readonly<Record<string, string>> | undefined;
  readonly securityContext?: { readonly runAsUser?: number | undefined } | undefined;
  /** The budget of the whole pod, where the cluster knows it. */
  readonly resources?: ResourceAmounts | null | undefined;
  readonly imagePullSecrets?: readonly { readonly name?: string | undefined }[] | null | undefined;
  readonly volumes?: readonly { readonly name: string }[] | undefined;
  readonly initContainers?: readonly Container[] | undefined;
  readonly containers?: readonly Container[] | undefined;
}

/** Requests and limits as quantities by resource. */
export interface ResourceAmounts {
  readonly requests?: Readonly<Record<string, string>> | undefined;
  readonly limits?: Readonly<Record<string, string>> | undefined;
}

export interface Container {
  readonly name: string;
  readonly resources?: ResourceAmounts | null | undefined;
  readonly restartPolicy?: string | undefined;
  readonly ports?: readonly ContainerPort[] | undefined;
  readonly securityContext?: { readonly runAsUser?: number | undefined } | undefined;
  readonly startupProbe?: Probe | undefined;
  readonly livenessProbe?: Probe | undefined;
  readonly readinessProbe?: Probe | undefined;
  readonly lifecycle?:
    { readonly postStart?: Probe | undefined; readonly preStop?: Probe | undefined } | undefined;
}

export interface ContainerPort {
  readonly name?: string | undefined;
  readonly containerPort: number;
  readonly protocol?: string | undefined;
}

/** A probe or a lifecycle hook, as far as it names ports. */
export interface Probe {
  readonly httpGet?: { readonly port: number | string; readonly host?: string | undefined } | undefined;
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string | undefined } | undefined;
}

/** Containers that run as long as the pod does: its own and native sidecars. */
export function longRunningContainers(pod: PodManifest): readonly Container[] {
  const sidecars = (pod.spec?.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  );
  return [...(pod.spec?.containers ?? []), ...sidecars];
}

/** Whether a declared port is TCP, which it is unless it says otherwise. */
export function isTcp(port: ContainerPort): boolean {
  return (port.protocol ?? 'TCP') === 'TCP';
}
