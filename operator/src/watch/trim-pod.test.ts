import assert from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf } from '../inject/facts.ts';
import type { PodManifest } from '../inject/pod.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { trimPod } from './trim-pod.ts';

const POD = {
  metadata: {
    name: 'web-1',
    namespace: 'shop',
    uid: '1',
    labels: { app: 'web', 'culvert.dev/inject': 'true' },
    annotations: {
      'culvert.dev/config': '{"large":"document"}',
      'culvert.dev/config-key': 'workload.shop.Pod.web.1',
      'culvert.dev/mode': 'NamedPorts',
      'kubernetes.io/config.mirror': 'x',
      'example.com/other': 'y',
    },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid: '2', controller: true },
      { apiVersion: 'v1', kind: 'Other', name: 'other', uid: '3' },
    ],
    managedFields: [{ manager: 'kubectl' }],
  },
  spec: {
    hostNetwork: true,
    os: { name: 'windows' },
    nodeSelector: { 'kubernetes.io/os': 'windows', zone: 'a' },
    securityContext: { runAsUser: 15900, fsGroup: 1 },
    volumes: [{ name: 'culvert-state', emptyDir: {} }, { name: 'data' }],
    initContainers: [{ name: 'helper', image: 'x', restartPolicy: 'Always', ports: [{ containerPort: 9 }] }],
    containers: [
      {
        name: 'web',
        image: 'x',
        env: [{ name: 'A', value: 'b' }],
        ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
        securityContext: { runAsUser: 5, privileged: false },
      },
    ],
  },
  status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
};

test('a trimmed pod yields the same facts for injection as the whole pod', () => {
  const surroundings = {
    namespace: 'shop',
    namespaceLabels: {},
    protectedNamespaces: [],
    portsToCapture: [8080],
    modeSetting: 'auto',
  } as const;

  const trimmed = trimPod(POD);

  assert.deepEqual(factsOf(trimmed, surroundings), factsOf(POD as PodManifest, surroundings));
});

test('a trimmed pod keeps its owner and the annotations that are read, without the copied document', () => {
  const { metadata, phase, ready } = trimPod(POD);

  assert.deepEqual(Object.keys(metadata.annotations ?? {}), [
    'culvert.dev/config-key',
    'culvert.dev/mode',
    'kubernetes.io/config.mirror',
  ]);
  assert.deepEqual(
    metadata.ownerReferences?.map(({ kind }) => kind),
    ['ReplicaSet'],
  );
  assert.deepEqual([phase, ready], ['Running', true]);
});

test('changes of a pod that nobody reads leave its trimmed form as it was', () => {
  const touched = structuredClone(POD);
  touched.metadata.annotations['example.com/other'] = 'z';
  touched.metadata.managedFields = [];

  assert.deepEqual(trimPod(touched as KubernetesObject), trimPod(POD as KubernetesObject));
});
