import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createAuthority } from '@culvert/demo/launcher/kubernetes-certificates';
import { captured } from '../scene/captured.ts';
import { initNames, REDIRECT, SIDECAR } from '../scene/containers.ts';
import { kubectl } from '../scene/commands.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { container, pod, podSpec, service, webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

let scene: Scene;
let configuration: string;

before(async () => {
  scene = await openScene('other-injector');
  // Webhooks are called in the order of their configurations' names: this one comes after Culvert's.
  configuration = `zz-${scene.namespace}`;
  const serverName = `injector.${scene.namespace}.svc`;
  const authority = await createAuthority('late injector');
  const { certificate, key } = await authority.issue({ name: serverName, dns: [serverName] });
  const added = container('idle.ts');
  const injector = container('late-injector.ts', {
    env: [{ name: 'CONTAINER', value: JSON.stringify(added) }],
    volumeMounts: [{ name: 'tls', mountPath: '/tls' }],
    readinessProbe: { tcpSocket: { port: 8443 }, periodSeconds: 1 },
  });
  await scene.apply(
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'tls' },
      stringData: { 'tls.crt': certificate, 'tls.key': key },
    },
    pod('injector', podSpec([injector], { volumes: [{ name: 'tls', secret: { secretName: 'tls' } }] }), {
      labels: { 'culvert.dev/inject': 'false' },
    }),
    service('injector', 8443, 443),
  );
  await scene.ready('injector');
  await scene.apply({
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: configuration },
    webhooks: [
      {
        name: 'late.injector.test',
        clientConfig: {
          service: { name: 'injector', namespace: scene.namespace, path: '/', port: 443 },
          caBundle: Buffer.from(authority.certificate).toString('base64'),
        },
        rules: [{ operations: ['CREATE'], apiGroups: [''], apiVersions: ['v1'], resources: ['pods'] }],
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': scene.namespace } },
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Fail',
        sideEffects: 'None',
        timeoutSeconds: 5,
      },
    ],
  });
});

after(async () => {
  await kubectl(['delete', 'mutatingwebhookconfiguration', configuration, '--ignore-not-found']);
  await scene?.close();
  await closeGraphql();
});

test('A8: another injector that adds a container later does no harm', async () => {
  await scene.apply(webPod('web'));
  await scene.ready('web');

  const { status } = await scene.call('fetch', {
    url: `http://${await scene.address('web')}:8080/with-another`,
  });

  assert.equal(status, 200);
  const made = await scene.get('pod/web');
  assert.deepEqual(
    made.spec?.containers.map(({ name }) => name),
    ['app', 'late'],
  );
  assert.deepEqual(initNames(made), [REDIRECT, SIDECAR], 'each once');
  assert.equal((await captured(scene.namespace, '/with-another')).pod, 'web');
});
