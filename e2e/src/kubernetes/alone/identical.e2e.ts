import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { booksWhen } from '../scene/books.ts';
import { hasSidecar } from '../scene/containers.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { webPod } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

/** Requests that together take every way through the application; each asks for its connection to be closed. */
const REQUESTS = [
  'GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'HEAD /head HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'GET /chunked HTTP/1.1\r\nhOsT: shop\r\nX-Twice: 1\r\nX-Twice: 2\r\nConnection: close\r\n\r\n',
  'GET /chunked HTTP/1.0\r\n\r\n',
  'POST /form HTTP/1.1\r\nHost: shop\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
  'POST /upload HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n',
  'GET /missing?status=404 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'GET /empty?status=204 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'GET /bytes?count=300000 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'GET /1 HTTP/1.1\r\nHost: shop\r\n\r\nGET /2 HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n',
  'POST /goes-on HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok',
  'nothing that HTTP knows\r\n\r\n',
  'GET /smuggled HTTP/1.1\r\nHost: shop\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n0\r\n\r\n',
];

let scene: Scene;

before(async () => {
  scene = await openScene('identical');
  await scene.apply(webPod('plain', { labels: { 'culvert.dev/inject': 'false' } }), webPod('injected'));
  await scene.ready('plain', 'injected');
});

after(async () => {
  await scene?.close();
  await closeGraphql();
});

// Alone, because it pushes everything else out of the list of the newest exchanges.
test('an uninjected and an injected copy of an application answer the same bytes', async () => {
  const requests = Array.from({ length: 20 }, () => REQUESTS)
    .flat()
    .map((request) => Buffer.from(request, 'latin1').toString('base64'));
  assert.ok(!hasSidecar(await scene.get('pod/plain')));
  assert.ok(hasSidecar(await scene.get('pod/injected')));

  const [plain, injected] = await Promise.all(
    ['plain', 'injected'].map(async (name) =>
      scene.call('bytes', { host: await scene.address(name), port: 8080, requests }),
    ),
  );

  const text = (answers: string[] | undefined): string[] =>
    (answers ?? []).map((answer) => Buffer.from(answer, 'base64').toString('latin1'));
  assert.ok(
    text(plain)
      .slice(0, -1)
      .every((answer) => answer.startsWith('HTTP/1.1 ')),
    'all are answered',
  );
  for (const [index, answer] of text(plain).entries())
    assert.equal(text(injected)[index], answer, `the answer to ${REQUESTS[index % REQUESTS.length]}`);
  await booksWhen(
    scene.namespace,
    'injected',
    ({ stored, balanced, opaqueConnections }) => balanced && stored >= 200 && opaqueConnections >= 20,
    'what is HTTP was captured, and what is not is opaque',
  );
});
