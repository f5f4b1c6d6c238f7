import { deepEqual, equal, match } from 'node:assert/strict';
import { test } from 'node:test';
import { decideInjection } from './decide.ts';
import type { PodFacts } from './facts.ts';
import type { RefusalReason } from './refusals.ts';
import { someFacts } from './testing/pods.ts';

test('A6: a pod of a labelled namespace is injected', () => {
  const decision = decideInjection(someFacts());

  deepEqual(decision, { inject: true, mode: 'Redirect', ports: [8080], warnings: [] });
});

test('A6: a labelled pod is injected although its namespace is not labelled', () => {
  const decision = decideInjection(someFacts({ namespaceLabel: undefined, podLabel: 'true' }));

  equal(decision.inject, true);
});

test('A6: an invalid label of a pod warns and leaves the choice to its namespace', () => {
  const decision = decideInjection(someFacts({ podLabel: 'yes' }));

  equal(decision.inject, true);
  match(decision.warnings.join('\n'), /must be "true" or "false", not "yes"; it counts as not set/);
});

test('A6: an invalid label of a namespace warns and does not disturb a pod that is labelled itself', () => {
  const decision = decideInjection(someFacts({ namespaceLabel: 'true', podLabel: 'true' }));

  equal(decision.inject, true);
  match(decision.warnings.join('\n'), /namespace shop must be "enabled" or "disabled", not "true"/);
});

const REFUSED: readonly [string, Partial<PodFacts>, RefusalReason, RegExp | undefined][] = [
  ['A8: a pod that has the sidecar', { hasSidecar: true }, 'AlreadyInjected', undefined],
  [
    'A6: a pod labelled false in a labelled namespace',
    { podLabel: 'false', hostNetwork: true },
    'OptedOut',
    undefined,
  ],
  ['A6: a pod without labels in a namespace without', { namespaceLabel: undefined }, 'NotOptedIn', undefined],
  [
    'A6: a pod whose only label is invalid',
    { namespaceLabel: undefined, podLabel: 'enabled' },
    'InvalidLabel',
    /"enabled"/,
  ],
  [
    'A5: a labelled pod of kube-system',
    { namespace: 'kube-system', podLabel: 'true' },
    'ProtectedNamespace',
    /another namespace/,
  ],
  [
    "A5: a labelled pod of the operator's namespace",
    { namespace: 'culvert-system', podLabel: 'true' },
    'ProtectedNamespace',
    /another namespace/,
  ],
  ["A5: a pod on its node's network", { hostNetwork: true }, 'HostNetwork', /remove hostNetwork/],
  ['the mirror of a static pod', { mirror: true }, 'StaticPod', /static/],
  ['a pod for Windows', { windows: true }, 'WindowsPod', /Windows/],
  [
    'a pod with a volume of our name',
    { takenNames: ['culvert-state'] },
    'NameConflict',
    /culvert-state .* renamed/,
  ],
  [
    'A10: a pod with a container of user 15900',
    { containersWithSidecarUser: ['app'] },
    'UIDConflict',
    /app would share user 15900 .* choose another runAsUser/,
  ],
  [
    'a pod that declares the port of our metrics',
    { ports: [{ containerPort: 15890 }] },
    'PortConflict',
    /15890/,
  ],
  [
    'a pod that declares a port that the sidecar would listen on',
    { ports: [{ containerPort: 8080 }, { containerPort: 15900 }] },
    'PortConflict',
    /15900/,
  ],
  ['a pod without ports', { ports: [], portsToCapture: [] }, 'NoPorts', /containerPorts/],
  [
    'A11: a pod of a restricted namespace whose ports have no names',
    { podSecurity: 'restricted', ports: [{ containerPort: 8080 }] },
    'NumericTargetPort',
    /name the containerPorts/,
  ],
  [
    'A11: a pod of a baseline namespace of a cluster whose Services find no port names of sidecars',
    { podSecurity: 'baseline', modeSetting: 'RedirectOnly' },
    'PodSecurity',
    /takes Kubernetes 1\.32/,
  ],
];

for (const [pod, changes, reason, warning] of REFUSED) {
  test(`${pod} is not injected, for the reason ${reason}`, () => {
    const decision = decideInjection(someFacts(changes));

    equal(decision.inject, false);
    equal(decision.reason, reason);
    equal(decision.warn, warning !== undefined);
    if (warning) match(decision.warnings.join('\n'), warning);
    else deepEqual(decision.warnings, []);
  });
}

test('where port names can not move, pods are redirected wherever that is permitted', () => {
  const decision = decideInjection(someFacts({ modeSetting: 'RedirectOnly' }));

  deepEqual(decision, { inject: true, mode: 'Redirect', ports: [8080], warnings: [] });
});

test('a port just above those that the sidecar needs is no conflict', () => {
  const ports = [{ containerPort: 8080 }, { containerPort: 15901 }];

  const decision = decideInjection(someFacts({ ports, portsToCapture: [8080] }));

  equal(decision.inject, true);
});

for (const podSecurity of ['baseline', 'restricted']) {
  test(`A11: a namespace that enforces ${podSecurity} is injected without the redirect container`, () => {
    const decision = decideInjection(someFacts({ podSecurity }));

    deepEqual(decision, { inject: true, mode: 'NamedPorts', ports: [8080], warnings: [] });
  });
}

test('A11: ports without a name are left out under restricted, with the reason NumericTargetPort', () => {
  const ports = [{ name: 'http', containerPort: 8080 }, { containerPort: 9090 }];

  const decision = decideInjection(
    someFacts({ podSecurity: 'restricted', ports, portsToCapture: [8080, 9090] }),
  );

  equal(decision.inject, true);
  deepEqual(decision.ports, [8080]);
  match(decision.warnings.join('\n'), /port 9090 is not captured \(NumericTargetPort\)/);
});

test('A11: a redirect that was asked for under baseline warns that it will be denied and says what to do', () => {
  const decision = decideInjection(someFacts({ podSecurity: 'baseline', modeAnnotation: 'Redirect' }));

  equal(decision.inject && decision.mode, 'Redirect');
  match(decision.warnings.join('\n'), /refuses the capability NET_ADMIN .* remove the annotation/);
});

test("the pod's annotation wins over the setting, and the setting over the namespace's level", () => {
  const bySetting = decideInjection(someFacts({ modeSetting: 'NamedPorts' }));
  const byAnnotation = decideInjection(someFacts({ modeSetting: 'NamedPorts', modeAnnotation: 'Redirect' }));

  equal(bySetting.inject && bySetting.mode, 'NamedPorts');
  equal(byAnnotation.inject && byAnnotation.mode, 'Redirect');
});

test('a mode that does not exist warns and counts as not set', () => {
  const decision = decideInjection(someFacts({ modeAnnotation: 'redirect' }));

  equal(decision.inject && decision.mode, 'Redirect');
  match(decision.warnings.join('\n'), /must be Redirect or NamedPorts, not "redirect"/);
});

test('where two containers use one port name, the port of the first is the captured one', () => {
  const ports = [
    { name: 'http', containerPort: 8080 },
    { name: 'http', containerPort: 9090 },
  ];

  const decision = decideInjection(
    someFacts({ modeSetting: 'NamedPorts', ports, portsToCapture: [8080, 9090] }),
  );

  deepEqual(decision.inject && decision.ports, [8080]);
});
