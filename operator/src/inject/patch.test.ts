import type { V1Container, V1Pod } from '@kubernetes/client-node';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { applicationPorts, capturedPorts } from './application-ports.ts';
import { applyPatch } from './testing/apply-patch.ts';
import { GOLDEN_PODS } from './testing/golden-pods.ts';
import { patchFor } from './testing/pods.ts';

function injected(pod: V1Pod, options?: Parameters<typeof patchFor>[1]): V1Pod {
  return applyPatch(pod, patchFor(pod, options).patch);
}

function golden(name: string): { pod: V1Pod; options?: Parameters<typeof patchFor>[1] } {
  const found = GOLDEN_PODS.find((candidate) => candidate.name === name);
  ok(found);
  return found;
}

function sidecarOf(pod: V1Pod): V1Container {
  const sidecar = pod.spec?.initContainers?.find(({ name }) => name === 'culvert-sidecar');
  ok(sidecar);
  return sidecar;
}

const APP: V1Pod = {
  metadata: { name: 'app' },
  spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }] },
};

test('A1: the redirect comes first, then the native sidecar, then what the user brought', () => {
  const { pod, options } = golden('full');

  const result = injected(pod, options);

  deepEqual(
    result.spec?.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy]),
    [
      ['culvert-redirect', undefined],
      ['culvert-sidecar', 'Always'],
      ['migrate', undefined],
      ['proxy', 'Always'],
    ],
  );
});

test('A2: a startup probe on the sidecar holds the application back', () => {
  const probe = sidecarOf(injected(APP)).startupProbe;

  deepEqual(probe?.httpGet, { path: '/readyz', port: 15890, scheme: 'HTTP' });
});

test('a sidecar that hangs is ended at once, before the usual probes of applications give up', () => {
  const probe = sidecarOf(injected(APP)).livenessProbe;

  const { periodSeconds = 10, failureThreshold = 3, timeoutSeconds = 1 } = probe ?? {};
  deepEqual(probe?.httpGet, { path: '/healthz', port: 15890, scheme: 'HTTP' });
  ok(periodSeconds * failureThreshold + timeoutSeconds <= 10, 'three times ten seconds are usual');
  equal(probe.terminationGracePeriodSeconds, 1);
});

test('A10: the sidecar runs as its own user and gives up everything that it does not need', () => {
  const sidecar = sidecarOf(injected(APP));

  deepEqual(sidecar.securityContext, {
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    seccompProfile: { type: 'RuntimeDefault' },
    runAsUser: 15900,
    runAsGroup: 15900,
    runAsNonRoot: true,
    capabilities: { drop: ['ALL'] },
  });
  ok(sidecar.resources?.requests && sidecar.resources.limits);
});

test('A8: containers that another injector adds later leave an injected pod as it is', () => {
  const pod = injected(APP);
  pod.spec?.initContainers?.unshift({ name: 'other-init' });
  pod.spec?.containers.push({ name: 'other', ports: [{ containerPort: 9999 }] });

  const { patch } = patchFor(pod);

  deepEqual(patch, []);
});

test('A14: the default container and the volumes that may be lost are named beside what was there', () => {
  const bare = injected(APP).metadata?.annotations ?? {};
  const full = injected(golden('full').pod).metadata?.annotations ?? {};

  equal(bare['kubectl.kubernetes.io/default-container'], 'app');
  equal(full['kubectl.kubernetes.io/default-container'], 'helper');
  equal(
    full['cluster-autoscaler.kubernetes.io/safe-to-evict-local-volumes'],
    'cache,scratch,culvert-state,culvert-no-credentials',
  );
});

test('A17: annotations change the resources of values, which are rendered as they are without', () => {
  const byDefault = sidecarOf(injected(APP)).resources;
  const changed = sidecarOf(injected(golden('full').pod)).resources;

  deepEqual(byDefault, { requests: { cpu: '20m', memory: '64Mi' }, limits: { memory: '192Mi' } });
  deepEqual(changed, { requests: { cpu: '50m', memory: '64Mi' }, limits: { memory: '256Mi' } });
});

test('a setting of the installation cannot replace what the injector decides', () => {
  const pod = injected(APP, { settings: { environment: { CULVERT_CAPTURE: '1=pod:1' } } });

  const values = (sidecarOf(pod).env ?? []).filter(({ name }) => name === 'CULVERT_CAPTURE');

  deepEqual(values, [{ name: 'CULVERT_CAPTURE', value: '[::]:15900=pod:8080' }]);
});

test('a document that is too large for an annotation is left out, with a warning', () => {
  const { patch, warnings } = patchFor(APP, { document: 'x'.repeat(100 * 1024) });

  equal(applyPatch(APP, patch).metadata?.annotations?.['culvert.dev/config'], undefined);
  match(warnings.join('\n'), /too large for an annotation/);
});

test('A11: an injected pod still tells the ports that its author declared, with their names', () => {
  const { pod, options } = golden('named-ports');

  const result = injected(pod, options);

  deepEqual(capturedPorts(result), [8080]);
  deepEqual(
    applicationPorts(result).map(({ name, containerPort }) => [name, containerPort]),
    [
      ['http', 8080],
      ['metrics', 9100],
      ['dns', 5353],
      [undefined, 8082],
    ],
  );
});

test('a pod that is not injected has the ports that it declares and captures none', () => {
  const { pod } = golden('full');

  deepEqual(capturedPorts(pod), []);
  deepEqual(
    applicationPorts(pod).map((port) => port.containerPort),
    [8080, 9090, 8081, 7000],
  );
});
