import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { V1Container, V1ContainerStatus, V1Probe } from '@kubernetes/client-node';
import { listCaptured } from '../scene/captured.ts';
import { containerOf, hasSidecar } from '../scene/containers.ts';
import { eventually } from '../scene/eventually.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { container, pod, podSpec } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

/** Noticed at once, so that the test is not long. */
const QUICK: V1Probe = { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 2 };

/** What is probed, by kind: each in a container of its own, on a port of its own. */
const PROBES: Readonly<Record<string, { readonly port: number; readonly probe: V1Probe }>> = {
  http: { port: 8101, probe: { ...QUICK, httpGet: { path: '/', port: 8101 } } },
  tcp: { port: 8102, probe: { ...QUICK, tcpSocket: { port: 8102 } } },
  grpc: { port: 8103, probe: { ...QUICK, grpc: { port: 8103 } } },
  named: { port: 8104, probe: { ...QUICK, httpGet: { path: '/', port: 'named' } } },
  exec: { port: 8105, probe: { ...QUICK, exec: { command: ['cat', '/tmp/healthy'] } } },
};
const CONTROL = 1000;
const NAMES = Object.keys(PROBES);

function probed(kind: string, port: number, more: Partial<V1Container>): V1Container {
  return container('probed.ts', {
    name: kind,
    env: [
      { name: 'KIND', value: kind },
      { name: 'PORT', value: String(port) },
      { name: 'CONTROL_PORT', value: String(port + CONTROL) },
    ],
    ports: [{ name: kind, containerPort: port }],
    ...more,
  });
}

describe('probes of an injected pod', () => {
  let scene: Scene;
  let address: string;

  before(async () => {
    scene = await openScene('probes');
    await scene.apply(
      pod(
        'probed',
        podSpec(NAMES.map((kind) => probed(kind, portOf(kind), { readinessProbe: probeOf(kind) }))),
      ),
      pod(
        'started',
        podSpec([
          probed('startup', 8106, {
            startupProbe: { httpGet: { path: '/', port: 8106 }, periodSeconds: 1, failureThreshold: 120 },
          }),
        ]),
      ),
      pod(
        'live',
        podSpec([
          probed('tcp', 8107, {
            livenessProbe: { ...QUICK, tcpSocket: { port: 8107 }, failureThreshold: 2 },
          }),
        ]),
      ),
    );
    await scene.ready('probed', 'live');
    address = await scene.address('probed');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  test('A9: HTTP, TCP, gRPC, named-port and exec probes pass as before', async () => {
    const made = await scene.get('pod/probed');

    assert.ok(hasSidecar(made));
    assert.equal(made.metadata?.annotations?.['culvert.dev/captured-ports'], '8101,8102,8103,8104,8105');
    for (const { name, ready, restartCount } of made.status?.containerStatuses ?? [])
      assert.deepEqual([name, ready, restartCount], [name, true, 0]);
    const tcp = containerOf(made, 'tcp').readinessProbe;
    assert.equal(tcp?.tcpSocket, undefined, 'a TCP probe would only reach the sidecar');
    assert.equal(tcp?.httpGet?.path, '/probe/tcp/8102');
  });

  test('A9: what the kubelet asks is not stored as traffic', async () => {
    const exchanges = await listCaptured(scene.namespace);

    assert.deepEqual(exchanges, []);
  });

  for (const kind of NAMES) {
    test(`A9: the ${kind} probe fails when its application fails, and only that one`, async () => {
      const { status } = await scene.call('fetch', {
        url: `http://${address}:${portOf(kind) + CONTROL}/break`,
      });
      assert.equal(status, 200);

      const broken = NAMES.slice(0, NAMES.indexOf(kind) + 1);
      await eventually(
        readiness,
        (ready) => NAMES.every((one) => ready[one] === !broken.includes(one)),
        `${broken.join(', ')} and no other are not ready`,
      );
    });
  }

  test('A9: a startup probe holds its container back until the application has started', async () => {
    const startup = async (): Promise<V1ContainerStatus | undefined> =>
      (await scene.get('pod/started')).status?.containerStatuses?.[0];
    const waiting = await eventually(
      startup,
      (status) => status?.state?.running !== undefined,
      'the container of pod started runs',
    );
    assert.deepEqual([waiting?.started, waiting?.ready], [false, false]);

    await eventually(
      async () => scene.call('fetch', { url: `http://${await scene.address('started')}:9106/start` }),
      ({ status }) => status === 200,
      'the application is told to start',
    );

    const done = await eventually(startup, (status) => status?.ready === true, 'the container is ready');
    assert.deepEqual([done?.started, done?.restartCount], [true, 0]);
  });

  test('A9: a TCP liveness probe restarts what is deaf, though the sidecar still accepts', async () => {
    await scene.call('fetch', { url: `http://${await scene.address('live')}:9107/break` });

    await eventually(
      async () => (await scene.get('pod/live')).status?.containerStatuses?.[0],
      (status) => (status?.restartCount ?? 0) >= 1 && status?.ready === true,
      'the container of pod live was restarted and is ready again',
    );
  });

  /** Which containers of the pod are ready. */
  async function readiness(): Promise<Record<string, boolean>> {
    const { status } = await scene.get('pod/probed');
    return Object.fromEntries((status?.containerStatuses ?? []).map(({ name, ready }) => [name, ready]));
  }
});

function portOf(kind: string): number {
  return PROBES[kind]?.port ?? 0;
}

function probeOf(kind: string): V1Probe {
  return PROBES[kind]?.probe ?? {};
}
