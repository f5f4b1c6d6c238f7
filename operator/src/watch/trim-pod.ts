import { CONFIG_ANNOTATION, GROUP } from '@culvert/policy/names';
import type { Container, PodManifest, PodMetadata } from '../inject/pod.ts';
import type { KubernetesObject, ObjectMetadata } from '../kubernetes/objects.ts';
import { shared } from './shared-text.ts';

/** A pod as far as decisions need it: a hundredth of what the API server sends. */
export interface TrimmedPod extends PodManifest {
  readonly metadata: ObjectMetadata & PodMetadata & { readonly name: string; readonly namespace: string };
  /** `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
  readonly phase: string;
  readonly ready: boolean;
}

/** A pod as the API server sends it, as far as it is read here. */
type WholePod = KubernetesObject &
  PodManifest & {
    readonly status?: {
      readonly phase?: string;
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  };

const KEPT_ANNOTATIONS = ['kubernetes.io/config.mirror'];

/** Keeps what {@link TrimmedPod} names. The copied configuration is left out: it is the largest annotation. */
export function trimPod(object: KubernetesObject): TrimmedPod {
  const { metadata: meta, spec, status } = object as WholePod;
  const owners = meta.ownerReferences?.filter(({ controller }) => controller === true);
  return {
    metadata: {
      name: meta.name ?? '',
      namespace: shared(meta.namespace ?? ''),
      uid: meta.uid,
      creationTimestamp: meta.creationTimestamp,
      ...(meta.deletionTimestamp !== undefined && { deletionTimestamp: meta.deletionTimestamp }),
      ...(meta.generateName !== undefined && { generateName: shared(meta.generateName) }),
      ...(meta.labels && { labels: texts(meta.labels, () => true) }),
      ...(meta.annotations && { annotations: texts(meta.annotations, isKept) }),
      ...(owners !== undefined &&
        owners.length > 0 && {
          ownerReferences: owners.map(({ apiVersion, kind, name, uid }) => ({
            apiVersion: shared(apiVersion),
            kind: shared(kind),
            name: shared(name),
            uid: shared(uid),
            controller: true,
          })),
        }),
    },
    spec: {
      ...(spec?.hostNetwork === true && { hostNetwork: true }),
      ...(spec?.os && { os: spec.os }),
      ...(spec?.nodeSelector?.['kubernetes.io/os'] !== undefined && {
        nodeSelector: { 'kubernetes.io/os': spec.nodeSelector['kubernetes.io/os'] },
      }),
      ...(spec?.securityContext?.runAsUser !== undefined && {
        securityContext: { runAsUser: spec.securityContext.runAsUser },
      }),
      ...(spec?.volumes && {
        volumes: spec.volumes.flatMap(({ name }) =>
          name.startsWith('culvert-') ? [{ name: shared(name) }] : [],
        ),
      }),
      ...(spec?.initContainers && { initContainers: spec.initContainers.map(trimContainer) }),
      ...(spec?.containers && { containers: spec.containers.map(trimContainer) }),
    },
    phase: shared(status?.phase ?? 'Pending'),
    ready: status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
  };
}

function trimContainer(container: Container): Container {
  const { name, restartPolicy, ports, securityContext } = container;
  return {
    name: shared(name),
    ...(restartPolicy !== undefined && { restartPolicy: shared(restartPolicy) }),
    ...(ports && {
      ports: ports.map((port) => ({
        containerPort: port.containerPort,
        ...(port.name !== undefined && { name: shared(port.name) }),
        ...(port.protocol !== undefined && { protocol: shared(port.protocol) }),
      })),
    }),
    ...(securityContext?.runAsUser !== undefined && {
      securityContext: { runAsUser: securityContext.runAsUser },
    }),
  };
}

function isKept(name: string): boolean {
  return (name.startsWith(`${GROUP}/`) && name !== CONFIG_ANNOTATION) || KEPT_ANNOTATIONS.includes(name);
}

function texts(
  record: Readonly<Record<string, string>>,
  keep: (name: string) => boolean,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(record)) if (keep(name)) kept[shared(name)] = shared(value);
  return kept;
}
