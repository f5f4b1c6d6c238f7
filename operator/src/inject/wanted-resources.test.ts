import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { decideInjection } from './decide.ts';
import type { PodManifest } from './pod.ts';
import { someFacts, someSettings } from './testing/pods.ts';
import { wantedResources } from './wanted-resources.ts';

const EQUAL = { requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } };

function pod(resources: object, annotations: Record<string, string> = {}): PodManifest {
  return { metadata: { annotations }, spec: { containers: [{ name: 'app', resources }] } };
}

function wanted(of: PodManifest): ReturnType<typeof wantedResources> {
  return wantedResources(of, decideInjection(someFacts()), someSettings());
}

test('a pod of the class Guaranteed stays in it: both containers ask for as much as they may use', () => {
  const { resources } = wanted(pod(EQUAL));

  deepEqual(resources, {
    sidecar: { requests: { cpu: '200m', memory: '192Mi' }, limits: { cpu: '200m', memory: '192Mi' } },
    redirect: { requests: { cpu: '200m', memory: '64Mi' }, limits: { cpu: '200m', memory: '64Mi' } },
  });
});

test('a Guaranteed pod’s annotations say how much, for both containers', () => {
  const { resources } = wanted(
    pod(EQUAL, { 'culvert.dev/cpu-request': '300m', 'culvert.dev/memory-limit': '128Mi' }),
  );

  const all = { requests: { cpu: '300m', memory: '128Mi' }, limits: { cpu: '300m', memory: '128Mi' } };
  deepEqual(resources, { sidecar: all, redirect: all });
});

test('annotations that say otherwise are followed, although the pod becomes Burstable', () => {
  const { resources } = wanted(
    pod(EQUAL, { 'culvert.dev/cpu-request': '50m', 'culvert.dev/cpu-limit': '100m' }),
  );

  equal(resources.sidecar.requests?.['cpu'], '50m');
  equal(resources.sidecar.limits?.['cpu'], '100m');
});

test('a pod of another class gets no limit of CPU', () => {
  const { resources } = wanted(pod({ requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '1Gi' } }));

  equal(resources.sidecar.limits?.['cpu'], undefined);
  equal(resources.redirect?.limits?.['cpu'], undefined);
});
