import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { V1Node } from '@kubernetes/client-node';
import { VERSION } from '@culvert/runtime/version';
import { kubectl } from '../scene/commands.ts';
import { container, job, podSpec, service, webContainer, webPod, pod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

// What every other test on the cluster takes for granted. Nothing of Culvert is installed yet.
let scene: Scene;

before(async () => {
  scene = await openScene('cluster', {});
});

after(async () => {
  await scene.close();
});

test('every node is ready', async () => {
  const { stdout } = await kubectl(['get', 'nodes', '--output=json']);

  const nodes = (JSON.parse(stdout) as { items: V1Node[] }).items;
  assert.ok(nodes.length > 0);
  for (const { metadata, status } of nodes) {
    const ready = status?.conditions?.find(({ type }) => type === 'Ready');
    assert.equal(ready?.status, 'True', `node ${metadata?.name}: ${ready?.message}`);
  }
});

test('a Service is found by its name from another pod and answers', async () => {
  await scene.apply(webPod('web'), service('web', 'http'));
  await scene.ready('web');

  const answer = await scene.call('fetch', { url: `http://web.${scene.namespace}.svc.cluster.local/hello` });

  assert.deepEqual([answer.status, answer.body], [200, 'GET /hello\n']);
});

test("a container's log is read, and commands run in it", async () => {
  await scene.apply(webPod('loud'));
  await scene.ready('loud');

  const log = await scene.kubectl(['logs', 'loud']);
  const said = await scene.kubectl(
    ['exec', '--stdin', 'loud', '--', 'sh', '-c', 'read word; echo "$word back"'],
    'there\n',
  );

  assert.match(log.stdout, /listening on 8080/);
  assert.equal(said.stdout, 'there back\n');
});

test('a native sidecar runs beside a job and lets it complete', async () => {
  const worker = container('', { args: ['--eval', 'console.log("worked")'] });
  const sidecar = webContainer({ name: 'beside', restartPolicy: 'Always' });
  await scene.apply(job('work', podSpec([worker], { initContainers: [sidecar] })));

  await scene.kubectl(['wait', '--for=condition=Complete', 'job/work', '--timeout=60s']);

  const log = await scene.kubectl(['logs', 'job/work', '--container=app']);
  assert.equal(log.stdout, 'worked\n');
});

test('an init container with NET_ADMIN redirects a port of its pod', async () => {
  const redirect = container('', {
    name: 'redirect',
    image: `docker.io/culvert/sidecar:${VERSION}`,
    command: ['nft'],
    args: [
      'add table inet t; add chain inet t p { type nat hook prerouting priority dstnat; }; add rule inet t p tcp dport 80 redirect to :8080',
    ],
    securityContext: { runAsUser: 0, capabilities: { drop: ['ALL'], add: ['NET_ADMIN'] } },
  });
  await scene.apply(pod('redirected', podSpec([webContainer()], { initContainers: [redirect] })));
  await scene.ready('redirected');

  const answer = await scene.call('fetch', { url: `http://${await scene.address('redirected')}:80/` });

  assert.equal(answer.status, 200);
});

test('a restricted namespace refuses a pod that asks for more', async () => {
  const strict = await openScene('strict', { 'pod-security.kubernetes.io/enforce': 'restricted' });
  try {
    const root = podSpec([webContainer({ securityContext: { runAsUser: 0 } })]);

    await assert.rejects(strict.apply(pod('root', root)), /violates PodSecurity "restricted/);
  } finally {
    await strict.close();
  }
});
