import type { V1Pod } from '@kubernetes/client-node';
import { DEPLOYMENT_METADATA, type patchFor } from './pods.ts';

/** A pod whose patch is kept in a golden file. */
interface GoldenPod {
  /** The name of the file. */
  readonly name: string;
  /** What it shows. */
  readonly title: string;
  readonly pod: V1Pod;
  readonly options?: Parameters<typeof patchFor>[1];
}

export const GOLDEN_PODS: readonly GoldenPod[] = [
  {
    name: 'bare',
    title: 'A8: a pod without volumes, annotations, labels or init containers is patched',
    pod: {
      metadata: { name: 'bare' },
      spec: {
        containers: [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
  {
    name: 'full',
    title: "A1: the sidecar follows the redirect and precedes the user's init containers, and volumes stay",
    pod: {
      metadata: {
        ...DEPLOYMENT_METADATA,
        annotations: {
          'example.com/owner': 'shop',
          'kubectl.kubernetes.io/default-container': 'helper',
          'cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes': 'cache, scratch',
          'culvert.dev/log-level': 'debug',
          'culvert.dev/cpu-request': '50m',
          'culvert.dev/memory-limit': '256Mi',
        },
      },
      spec: {
        serviceAccountName: 'web',
        initContainers: [
          { name: 'migrate', image: 'example/migrate:1' },
          {
            name: 'proxy',
            image: 'example/proxy:1',
            restartPolicy: 'Always',
            ports: [{ containerPort: 7000 }],
          },
        ],
        containers: [
          {
            name: 'app',
            image: 'example/app:1',
            ports: [
              { name: 'http', containerPort: 8080 },
              { containerPort: 9090, protocol: 'UDP' },
            ],
          },
          { name: 'helper', image: 'example/helper:1', ports: [{ name: 'admin', containerPort: 8081 }] },
        ],
        volumes: [
          { name: 'cache', emptyDir: {} },
          { name: 'scratch', emptyDir: {} },
        ],
      },
    },
  },
  {
    name: 'probes',
    title: 'A9: TCP probes of captured ports ask the sidecar to dial the application; all others stay',
    pod: {
      metadata: DEPLOYMENT_METADATA,
      spec: {
        initContainers: [
          {
            name: 'proxy',
            image: 'example/proxy:1',
            restartPolicy: 'Always',
            ports: [{ containerPort: 7000 }],
            startupProbe: { tcpSocket: { port: 7000 }, failureThreshold: 30 },
          },
        ],
        containers: [
          {
            name: 'app',
            image: 'example/app:1',
            ports: [{ name: 'http', containerPort: 8080 }],
            startupProbe: { tcpSocket: { port: 'http' }, periodSeconds: 2, failureThreshold: 15 },
            livenessProbe: { tcpSocket: { port: 8080 }, terminationGracePeriodSeconds: 5 },
            readinessProbe: { httpGet: { path: '/ready', port: 'http' } },
            lifecycle: { preStop: { httpGet: { path: '/drain', port: 'http' } } },
          },
          {
            name: 'grpc',
            image: 'example/grpc:1',
            ports: [{ name: 'grpc', containerPort: 9000 }],
            livenessProbe: { grpc: { port: 9000 } },
            readinessProbe: { exec: { command: ['true'] } },
            startupProbe: { tcpSocket: { host: '127.0.0.1', port: 9000 } },
          },
          {
            name: 'database',
            image: 'example/database:1',
            ports: [{ containerPort: 5432 }],
            livenessProbe: { tcpSocket: { port: 5432 } },
          },
        ],
      },
    },
    options: { portsToCapture: [7000, 8080, 9000] },
  },
  {
    name: 'named-ports',
    title: 'A11: under restricted the port name moves to the sidecar, and probes and hooks use the number',
    pod: {
      metadata: DEPLOYMENT_METADATA,
      spec: {
        securityContext: { runAsNonRoot: true },
        containers: [
          {
            name: 'app',
            image: 'example/app:1',
            ports: [
              { name: 'http', containerPort: 8080 },
              { name: 'metrics', containerPort: 9100 },
              { name: 'dns', containerPort: 5353, protocol: 'UDP' },
            ],
            startupProbe: { tcpSocket: { port: 'http' } },
            livenessProbe: { httpGet: { path: '/live', port: 'http' } },
            readinessProbe: { tcpSocket: { port: 'metrics' } },
            lifecycle: { preStop: { httpGet: { path: '/drain', port: 'http' } } },
          },
          {
            name: 'second',
            image: 'example/second:1',
            ports: [{ name: 'http', containerPort: 8082 }],
            readinessProbe: { httpGet: { path: '/', port: 'http' } },
          },
        ],
      },
    },
    options: {
      namespaceLabels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      portsToCapture: [8080],
    },
  },
  {
    name: 'job',
    title: 'A3: a pod of a Job keeps its restart policy, and its sidecar is one that ends with it',
    pod: {
      metadata: {
        generateName: 'report-28934561-',
        labels: { 'batch.kubernetes.io/job-name': 'report-28934561' },
        ownerReferences: [
          { apiVersion: 'batch/v1', kind: 'Job', name: 'report-28934561', uid: '1f0c', controller: true },
        ],
      },
      spec: {
        restartPolicy: 'Never',
        containers: [{ name: 'report', image: 'example/report:1', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
  {
    name: 'pod-budget',
    title: 'a pod with resources of its own shares them with the sidecar',
    pod: {
      metadata: DEPLOYMENT_METADATA,
      spec: {
        resources: { requests: { cpu: '100m' }, limits: { memory: '128Mi' } },
        containers: [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }],
      },
    },
  },
  {
    name: 'wrong-annotations',
    title: 'annotations that make no sense warn and count as not set',
    pod: {
      metadata: {
        ...DEPLOYMENT_METADATA,
        annotations: {
          'culvert.dev/log-level': 'loud',
          'culvert.dev/cpu-request': 'much',
          'culvert.dev/memory-request': '1Gi',
          'culvert.dev/memory-limit': '512Mi',
        },
      },
      spec: { containers: [{ name: 'app', image: 'example/app:1', ports: [{ containerPort: 8080 }] }] },
    },
  },
];
