import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { createAuthority, type CertificateAuthority } from '@culvert/demo/launcher/kubernetes-certificates';
import type { V1Pod } from '@kubernetes/client-node';
import { booksWhen } from '../scene/books.ts';
import { captured } from '../scene/captured.ts';
import { closeGraphql } from '../scene/graphql.ts';
import { capturePolicy, container, pod, podSpec, type Marks } from '../scene/manifests.ts';
import { openScene, type Scene } from '../scene/scene.ts';

const SERVER_NAME = 'everything.test';
const PORTS = {
  http: 8080,
  loopback: 8081,
  grpc: 50_051,
  tls: 8443,
  greeting: 9000,
  database: 5432,
} as const;

const POLICY = capturePolicy('everything', {
  selector: { matchLabels: { app: 'everything' } },
  ports: Object.entries(PORTS).map(([name, port]) =>
    name === 'database' ? { port, protocol: 'TCP' } : { port: name },
  ),
});

/** A pod that speaks all of it. */
function everything(name: string, marks: Marks): V1Pod {
  const app = container('everything.ts', {
    ports: Object.entries(PORTS).map(([port, containerPort]) => ({ name: port, containerPort })),
    readinessProbe: { httpGet: { path: '/healthy', port: 8080 }, periodSeconds: 1 },
    volumeMounts: [{ name: 'tls', mountPath: '/tls' }],
  });
  const volumes = [{ name: 'tls', secret: { secretName: 'tls' } }];
  return pod(name, podSpec([app], { volumes }), marks);
}

describe('what passes unharmed', { concurrency: true }, () => {
  let scene: Scene;
  let authority: CertificateAuthority;
  let plain: string;
  let injected: string;

  before(async () => {
    scene = await openScene('protocols');
    authority = await createAuthority('e2e');
    const { certificate, key } = await authority.issue({ name: SERVER_NAME, dns: [SERVER_NAME] });
    // Names the database's port, which would be left alone otherwise: even so it must not be delayed.
    await scene.applyPolicies(POLICY);
    await scene.apply(
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'tls' },
        stringData: { 'tls.crt': certificate, 'tls.key': key },
      },
      everything('plain', { labels: { 'culvert.dev/inject': 'false' } }),
      everything('everything', {}),
    );
    await scene.ready('plain', 'everything');
    [plain, injected] = await Promise.all([scene.address('plain'), scene.address('everything')]);
  });

  after(async () => {
    await scene?.close();
    await closeGraphql();
  });

  test('server-sent events pass one by one, each before the next is made', async () => {
    const events = ['first', 'second', 'third'];
    const url = (host: string): string => `http://${host}:${PORTS.http}/events?channel=orders`;

    const [direct, relayed] = await Promise.all(
      [plain, injected].map((host) => scene.call('events', { url: url(host), events })),
    );

    assert.deepEqual(direct, [...events.map((event) => `data: ${event}\n\n`), '']);
    assert.deepEqual(relayed, direct);
    await captured(
      scene.namespace,
      '/events?channel=orders',
      ({ method, state }) => method === 'GET' && state === 'COMPLETE',
    );
  });

  test('WebSocket messages, subprotocol and close code pass, and the upgrade is captured', async () => {
    const messages = ['one', 'two', 'three'];

    const [direct, relayed] = await Promise.all(
      [plain, injected].map((host) =>
        scene.call('websocket', { url: `ws://${host}:${PORTS.http}/socket`, protocol: 'chat', messages }),
      ),
    );

    assert.deepEqual(direct, {
      protocol: 'chat',
      answers: ['ONE', 'TWO', 'THREE'],
      closeCode: 4000,
      clean: true,
    });
    assert.deepEqual(relayed, direct);
    const exchange = await captured(scene.namespace, '/socket', ({ state }) => state === 'UPGRADED');
    assert.equal(exchange.status, 101);
  });

  test('gRPC over HTTP/2 without TLS passes: streams at once, trailers and all', async () => {
    const calls = [['a'], ['b', 'c'], ['d'.repeat(100_000)], []];

    const [direct, relayed] = await Promise.all(
      [plain, injected].map((host) => scene.call('grpc', { host, port: PORTS.grpc, calls })),
    );

    assert.deepEqual(
      direct,
      calls.map((replies) => ({ replies, status: '0' })),
    );
    assert.deepEqual(relayed, direct);
  });

  test('TLS passes end to end, with the certificate of the application', async () => {
    const tls = (host: string): Promise<{ body: string; authorized: boolean; fingerprint: string }> =>
      scene.call('tls', {
        url: `https://${host}:${PORTS.tls}/secret`,
        serverName: SERVER_NAME,
        authority: authority.certificate,
      });

    const [direct, relayed] = await Promise.all([tls(plain), tls(injected)]);

    assert.equal(direct.authorized, true);
    assert.deepEqual(relayed, direct);
  });

  test('A13: who speaks first and databases are not held up by any detection of protocols', async () => {
    const calls = [
      { port: PORTS.greeting, times: 10 },
      { port: PORTS.database, first: 'select 1\n', times: 10 },
    ];

    const [direct, relayed] = await Promise.all(
      [plain, injected].map((host) =>
        Promise.all(calls.map((call) => scene.call('lines', { host, ...call }))),
      ),
    );

    const received = (answers: typeof direct): string[] =>
      (answers ?? []).flat().map((line) => line.received);
    assert.deepEqual(received(direct), [
      ...Array<string>(10).fill('220 mail.example ready\r\n'),
      ...Array<string>(10).fill('SELECT 1\n'),
    ]);
    assert.deepEqual(received(relayed), received(direct));
    const times = (relayed ?? []).flat().map(({ milliseconds }) => milliseconds);
    // No speed is judged here: a time-out for detection would be seconds, every time.
    assert.ok(Math.min(...times) < 1_000, `the fastest of ${times.length} took ${Math.min(...times)} ms`);
  });

  test('A13: bytes that are not HTTP pass as opaque, and are counted so', async () => {
    const before = await booksWhen(scene.namespace, 'everything', () => true, 'the agent is known');

    const answers = await scene.call('lines', { host: injected, port: PORTS.greeting, times: 3 });

    assert.equal(answers.length, 3);
    await booksWhen(
      scene.namespace,
      'everything',
      ({ opaqueConnections }) => opaqueConnections >= before.opaqueConnections + 3,
      'three more opaque connections are counted',
    );
  });

  test('A13: a port that the application opened on loopback only stays out of reach', async () => {
    const requests = [
      Buffer.from('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n').toString('base64'),
    ];

    const [direct, relayed] = await Promise.all(
      [plain, injected].map((host) => scene.call('bytes', { host, port: PORTS.loopback, requests })),
    );

    assert.deepEqual(direct, ['ECONNREFUSED']);
    // The relay has to accept before it can know: then it resets or ends the connection without a byte.
    assert.ok(['ECONNREFUSED', 'ECONNRESET', ''].includes(relayed?.[0] ?? 'none'), `got ${relayed?.[0]}`);
  });
});
