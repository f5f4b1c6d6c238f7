import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { KubeConfig } from '@kubernetes/client-node';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { createLogger } from '@culvert/runtime/log';
import { createKubernetesClient } from '../kubernetes/client.ts';
import { noTracing } from '@culvert/runtime/tracing/tracing';
import { startReflector } from './reflector.ts';
import { createStore, type Kept, type Store } from './store.ts';

type Answer = (response: ServerResponse, request: IncomingMessage) => void;

/** An API server that does to lists and watches, in order, what the test wants; the last answer is repeated. */
async function hostileServer(
  context: TestContext,
  lists: readonly Answer[],
  watches: readonly Answer[],
): Promise<{ url: string; asked: URL[] }> {
  const asked: URL[] = [];
  const counts = { list: 0, watch: 0 };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '', 'http://server');
    asked.push(url);
    const kind = url.searchParams.has('watch') ? 'watch' : 'list';
    const answers = kind === 'watch' ? watches : lists;
    answers[Math.min(counts[kind]++, answers.length - 1)]?.(response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function reflect(
  context: TestContext,
  url: string,
  staleMs?: number,
): { store: Store<Kept>; reasons: string[]; synced: Promise<void> } {
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromClusterAndUser({ name: 'c', server: url, skipTLSVerify: true }, { name: 'u' });
  const client = createKubernetesClient(kubeConfig, noTracing);
  const store = createStore<Kept>();
  const reasons: string[] = [];
  const reflector = startReflector({
    kind: 'things',
    path: '/api/v1/things',
    client,
    store,
    trim: ({ metadata }) => ({ metadata: { name: metadata.name } }),
    log: createLogger('test', 'fatal'),
    onWatch: (reason) => reasons.push(reason),
    random: () => 0,
    ...(staleMs !== undefined && { staleMs }),
  });
  context.after(async () => {
    await reflector.stop();
    client.close();
  });
  return { store, reasons, synced: reflector.synced };
}

function page(names: readonly string[], version: string, next?: string): Answer {
  const items = names.map((name) => ({ metadata: { name, resourceVersion: '1' } }));
  return (response) =>
    response.end(JSON.stringify({ metadata: { resourceVersion: version, continue: next }, items }));
}

function line(type: string, name: string, version: string): string {
  return `${JSON.stringify({ type, object: { metadata: { name, resourceVersion: version } } })}\n`;
}

const silent: Answer = (response) => {
  response.flushHeaders();
};

async function until(condition: () => boolean): Promise<void> {
  assert.ok(await becomesTrue(condition, { timeoutMs: 10_000 }));
}

test('a list is read page by page, and the watch begins where the list stands', async (context) => {
  const { url, asked } = await hostileServer(context, [page(['a'], '5', 'next'), page(['b'], '5')], [silent]);

  const { store, synced } = reflect(context, url);
  await synced;
  await until(() => asked.length === 3);

  assert.equal(store.size, 2);
  assert.deepEqual(
    asked.map(({ searchParams }) => [searchParams.get('limit'), searchParams.get('continue')]),
    [
      ['500', null],
      ['500', 'next'],
      [null, null],
    ],
  );
  assert.equal(asked[2]?.searchParams.get('resourceVersion'), '5');
  assert.equal(asked[2]?.searchParams.get('allowWatchBookmarks'), 'true');
});

test('a watch that ends is taken up after its last event or bookmark, without another list', async (context) => {
  const first: Answer = (response) => {
    const text = line('ADDED', 'b', '6') + line('DELETED', 'a', '7') + line('BOOKMARK', '', '9');
    response.write(text.slice(0, 40)); // lines come in any pieces
    response.end(text.slice(40));
  };
  const { url, asked } = await hostileServer(context, [page(['a'], '5')], [first, silent]);

  const { store, reasons } = reflect(context, url);
  await until(() => asked.length === 3);

  assert.deepEqual(
    store.inNamespace('').map(({ metadata }) => metadata.name),
    ['b'],
  );
  assert.equal(asked[2]?.searchParams.get('resourceVersion'), '9');
  assert.deepEqual(reasons, ['first', 'ended']);
});

for (const [how, answer] of [
  [
    'an ERROR event',
    (response) => {
      const object = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
      response.end(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    },
  ],
  [
    'status 410',
    (response) => {
      response.writeHead(410).end(JSON.stringify({ reason: 'Expired', message: 'too old' }));
    },
  ],
] as const satisfies readonly (readonly [string, Answer])[]) {
  test(`when the history is gone, told by ${how}, everything is listed anew`, async (context) => {
    const { url, asked } = await hostileServer(
      context,
      [page(['a', 'b'], '5'), page(['b', 'c'], '50')],
      [answer, silent],
    );

    const { store, reasons } = reflect(context, url);
    await until(() => asked.length === 4);

    assert.deepEqual(
      store.inNamespace('').map(({ metadata }) => metadata.name),
      ['b', 'c'],
    );
    assert.equal(asked[3]?.searchParams.get('resourceVersion'), '50');
    assert.deepEqual(reasons, ['first', 'expired']);
  });
}

test('a watch that has gone silent is given up and taken up again', async (context) => {
  const { url, asked } = await hostileServer(context, [page(['a'], '5')], [silent]);

  reflect(context, url, 30);
  await until(() => asked.length >= 3);

  assert.deepEqual(asked.map(({ searchParams }) => searchParams.get('resourceVersion')).slice(0, 3), [
    null,
    '5',
    '5',
  ]);
});

test('a server that answers nonsense or errors is asked again until it answers', async (context) => {
  const broken: Answer = (response) => {
    response.writeHead(500).end('<html>');
  };
  const nonsense: Answer = (response) => response.end('not json');
  const { url } = await hostileServer(context, [broken, nonsense, page(['a'], '5')], [silent]);

  const { store, synced } = reflect(context, url);
  await synced;

  assert.equal(store.size, 1);
});
