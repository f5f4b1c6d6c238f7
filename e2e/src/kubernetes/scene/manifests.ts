import type {
  V1Container,
  V1DaemonSet,
  V1Deployment,
  V1Job,
  V1ObjectMeta,
  V1Pod,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Service,
  V1StatefulSet,
} from '@kubernetes/client-node';
import { VERSION } from '@culvert/runtime/version';

/** Where images are others than the chart's, as `rig/installation.ts` takes it too. */
const REGISTRY = process.env['IMAGE_REGISTRY'] ?? 'docker.io';
const TAG = process.env['IMAGE_TAG'] ?? VERSION;
/** The image that holds every program of `applications/`. */
export const APPLICATION_IMAGE = `${REGISTRY}/culvert/test-application:${TAG}`;

/** Labels and annotations of a pod. */
export interface Marks {
  readonly labels?: Record<string, string>;
  readonly annotations?: Record<string, string>;
}

/** A container that runs one of the programs, and that every Pod Security level admits. */
export function container(program: string, more: Partial<V1Container> = {}): V1Container {
  return {
    name: 'app',
    image: APPLICATION_IMAGE,
    imagePullPolicy: 'IfNotPresent',
    args: [program],
    resources: { requests: { cpu: '10m', memory: '32Mi' } },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 20_000,
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...more,
  };
}

/** The web application, which declares its port by name. */
export function webContainer(more: Partial<V1Container> = {}): V1Container {
  return container('http.ts', {
    ports: [{ name: 'http', containerPort: 8080 }],
    readinessProbe: { httpGet: { path: '/healthy', port: 8080 }, periodSeconds: 1 },
    ...more,
  });
}

/** What pods have in common here: no links, no token, an end within seconds. */
export function podSpec(containers: V1Container[], more: Partial<V1PodSpec> = {}): V1PodSpec {
  return {
    containers,
    terminationGracePeriodSeconds: 10,
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    ...more,
  };
}

export function pod(name: string, spec: V1PodSpec, marks: Marks = {}): V1Pod {
  return { apiVersion: 'v1', kind: 'Pod', metadata: metadata(name, marks), spec };
}

/** A pod of the web application that readies, as most tests want it. */
export function webPod(name: string, marks: Marks = {}, more: Partial<V1PodSpec> = {}): V1Pod {
  return pod(name, podSpec([webContainer()], more), marks);
}

export function deployment(name: string, spec: V1PodSpec, marks: Marks = {}, replicas = 1): V1Deployment {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { replicas, selector: selector(name), template: template(name, spec, marks) },
  };
}

export function statefulSet(name: string, spec: V1PodSpec): V1StatefulSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name },
    spec: { replicas: 1, serviceName: name, selector: selector(name), template: template(name, spec) },
  };
}

export function daemonSet(name: string, spec: V1PodSpec): V1DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name },
    spec: { selector: selector(name), template: template(name, spec) },
  };
}

export function job(name: string, spec: V1PodSpec): V1Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      backoffLimit: 0,
      template: { metadata: { labels: { app: name } }, spec: { ...spec, restartPolicy: 'Never' } },
    },
  };
}

/** A Service in front of the pods labelled `app`, named as it. */
export function service(app: string, targetPort: number | string, port = 80): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: app },
    spec: { selector: { app }, ports: [{ name: 'web', port, targetPort }] },
  };
}

/** A policy of the scene's namespace. */
export function capturePolicy(name: string, spec: Record<string, unknown>): Record<string, unknown> {
  return { apiVersion: 'culvert.dev/v1alpha1', kind: 'CapturePolicy', metadata: { name }, spec };
}

function metadata(name: string, { labels, annotations }: Marks): V1ObjectMeta {
  return { name, labels: { app: name, ...labels }, ...(annotations && { annotations }) };
}

function selector(app: string): { matchLabels: Record<string, string> } {
  return { matchLabels: { app } };
}

function template(app: string, spec: V1PodSpec, { labels, annotations }: Marks = {}): V1PodTemplateSpec {
  return { metadata: { labels: { app, ...labels }, ...(annotations && { annotations }) }, spec };
}
