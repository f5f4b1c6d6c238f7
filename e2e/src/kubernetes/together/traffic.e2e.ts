import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { booksWhen } from '../scene/books.ts';
import { captured, listCaptured, readBodies } from '../scene/captured.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { deployment, podSpec, service, webContainer, webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

describe('traffic of an injected application', { concurrency: true }, () => {
  let scene: Scene;

  before(async () => {
    scene = await openScene('traffic');
    await scene.apply(deployment('shop', podSpec([webContainer()])), service('shop', 8080), webPod('same'));
    await scene.ready('same');
    await scene.ready('--selector=app=shop');
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  test('GET, POST and chunked requests through a Service appear in GraphQL with namespace, workload and pod', async () => {
    const url = 'http://shop/orders';
    const pods = await scene.get<{ items: { metadata: { name: string; uid: string } }[] }>(
      'pod --selector=app=shop',
    );
    const shop = pods.items[0]?.metadata;
    await scene.call('fetch', { url: `${url}?by=get` });
    await scene.call('fetch', {
      url: `${url}?by=post`,
      method: 'POST',
      headers: { 'content-length': '5' },
      pieces: ['hello'],
    });
    await scene.call('fetch', { url: `${url}?by=chunks`, method: 'PUT', pieces: ['first ', 'second'] });

    const [get, post, put] = await Promise.all(
      ['get', 'post', 'chunks'].map((by) => captured(scene.namespace, `/orders?by=${by}`)),
    );

    for (const exchange of [get, post, put]) {
      assert.equal(exchange?.status, 200);
      assert.equal(exchange.workload, 'Deployment/shop');
      assert.equal(exchange.pod, shop?.name);
      assert.equal(exchange.agentId, shop?.uid);
      assert.equal(exchange.capturedPort, 8080);
    }
    assert.deepEqual([get?.method, post?.method, put?.method], ['GET', 'POST', 'PUT']);
    assert.equal((await readBodies(post?.requestId ?? '')).request, 'hello');
    const bodies = await readBodies(put?.requestId ?? '');
    assert.equal(bodies.request, 'first second');
    assert.equal(bodies.response, 'PUT /orders?by=chunks\nFIRST SECOND');
  });

  test('A13: a remote caller looks remote to the application, and has the address of the pod', async () => {
    const callers = (await scene.get('pod/caller')).status?.podIPs ?? [];

    // One of each family that the cluster has.
    for (const [index, { ip = '' }] of ((await scene.get('pod/same')).status?.podIPs ?? []).entries()) {
      const host = ip.includes(':') ? `[${ip}]` : ip;
      const { body } = await scene.call('fetch', { url: `http://${host}:8080/facts?family=${index}` });

      const facts = JSON.parse(body) as { remoteAddress: string; localAddress: string };
      assert.equal(plainly(facts.remoteAddress), ip, 'not the loopback address');
      assert.equal(plainly(facts.localAddress), ip);
      const exchange = await captured(scene.namespace, `/facts?family=${index}`);
      const caller = callers[index]?.ip ?? '';
      assert.ok(
        exchange.peerAddress.includes(caller),
        `the record has the caller's address ${caller}: ${exchange.peerAddress}`,
      );
    }
  });

  test("A13: the sidecar's own traffic is never captured", async () => {
    const address = await scene.address('same');
    await scene.call('fetch', { url: `http://${address}:8080/marked` });
    await captured(scene.namespace, '/marked');

    const books = await booksWhen(
      scene.namespace,
      'same',
      ({ captured: all, stored, balanced }) => balanced && all > 0 && stored > 0,
      'the books of pod same balance',
    );

    const ports = new Set((await listCaptured(scene.namespace)).map(({ capturedPort }) => capturedPort));
    assert.deepEqual([...ports], [8080], 'nothing but what callers sent to the application');
    assert.deepEqual(await listCaptured('culvert-system'), [], 'nothing of Culvert itself');
    assert.ok(books.captured > 0);
  });
});

/** An IPv4 address as such, where a dual-stack socket wraps it. */
function plainly(address: string): string {
  return address.replace(/^::ffff:/, '');
}
