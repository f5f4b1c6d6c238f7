import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { factsOf, type Surroundings } from './facts.ts';

const SURROUNDINGS: Surroundings = {
  namespace: 'shop',
  namespaceLabels: { 'culvert.dev/inject': 'enabled', 'pod-security.kubernetes.io/enforce': 'baseline' },
  protectedNamespaces: ['kube-system'],
  portsToCapture: [8080],
  modeSetting: 'auto',
};

test('facts about an empty pod say that nothing is special', () => {
  const facts = factsOf({}, SURROUNDINGS);

  deepEqual(
    [facts.hasSidecar, facts.hostNetwork, facts.mirror, facts.windows, facts.takenNames, facts.ports],
    [false, false, false, false, [], []],
  );
  deepEqual([facts.namespaceLabel, facts.podSecurity, facts.podLabel], ['enabled', 'baseline', undefined]);
});

test('A10: the user of the pod counts for containers that name none, init containers included', () => {
  const facts = factsOf(
    {
      spec: {
        securityContext: { runAsUser: 15900 },
        initContainers: [{ name: 'setup' }],
        containers: [{ name: 'app', securityContext: { runAsUser: 1000 } }, { name: 'other' }],
      },
    },
    SURROUNDINGS,
  );

  deepEqual(facts.containersWithSidecarUser, ['setup', 'other']);
});

test('declared ports are those of TCP on containers that keep running', () => {
  const facts = factsOf(
    {
      spec: {
        initContainers: [
          { name: 'setup', ports: [{ containerPort: 1 }] },
          { name: 'proxy', restartPolicy: 'Always', ports: [{ containerPort: 2 }] },
        ],
        containers: [
          {
            name: 'app',
            ports: [
              { containerPort: 3 },
              { containerPort: 4, protocol: 'UDP' },
              { containerPort: 5, protocol: 'TCP' },
            ],
          },
        ],
      },
    },
    SURROUNDINGS,
  );

  deepEqual(
    facts.ports.map((port) => port.containerPort),
    [3, 5, 2],
  );
});

test('an init container named as the sidecar is the sidecar; an application container is a conflict', () => {
  const injected = factsOf({ spec: { initContainers: [{ name: 'culvert-sidecar' }] } }, SURROUNDINGS);
  const clash = factsOf(
    { spec: { containers: [{ name: 'culvert-sidecar' }], volumes: [{ name: 'culvert-token' }] } },
    SURROUNDINGS,
  );

  equal(injected.hasSidecar, true);
  equal(clash.hasSidecar, false);
  deepEqual(clash.takenNames, ['culvert-sidecar', 'culvert-token']);
});

test('a pod that mirrors a static one and a pod for Windows are known by their marks', () => {
  const mirror = factsOf(
    { metadata: { annotations: { 'kubernetes.io/config.mirror': '6d1f' } } },
    SURROUNDINGS,
  );
  const byOs = factsOf({ spec: { os: { name: 'windows' } } }, SURROUNDINGS);
  const byNode = factsOf({ spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } }, SURROUNDINGS);

  deepEqual([mirror.mirror, byOs.windows, byNode.windows], [true, true, true]);
});
