import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { test, type TestContext } from 'node:test';
import { culvert, startCulvert } from '../testing/culvert.ts';
import { exchangeWith } from '../testing/exchange.ts';
import { startPeer, type Peer } from '../testing/peer.ts';

test('a tail says what was left out, connects again when the connection is lost, and goes on', async (t) => {
  const peer = await peerOf(t, (response, count) => {
    begin(response);
    response.write(': keep-alive\n\n');
    send(response, exchangeUpdate({ path: `/${count}` }));
    if (count === 1) {
      send(response, { __typename: 'GapMarker', lost: 7, since: '2026-11-21T14:00:00.000Z' });
      response.write('event: next\ndata: {"data":{"traff', () => response.destroy());
    } else if (count === 2) response.end('event: complete\ndata:\n\n');
  });

  const { code, output, errors } = await culvert(['tail', '--url', peer.url, '-o', 'json', '--limit', '3']);

  equal(code, 0, errors);
  deepEqual(
    output
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { path: string }).path),
    ['/1', '/2', '/3'],
  );
  match(errors, /up to 7 exchanges are not shown since 2026-11-21T14:00:00\.000Z: .* or were lost/);
  equal(errors.match(/connecting again/g)?.length, 2);
  equal(errors.match(/connected again; .* culvert list --since \d+s/g)?.length, 2);
});

test('open exchanges are shown, and shown again, but do not count', async (t) => {
  const peer = await peerOf(t, (response) => {
    begin(response);
    send(response, exchangeUpdate({ state: 'OPEN', status: null, durationMs: null }));
    send(response, exchangeUpdate({}));
  });

  const { output } = await culvert(['tail', '--url', peer.url, '--limit', '1']);

  match(output, /^TIME.*\n.* open .*\n.* 200 .*\n$/);
});

test('a server that is gone in the middle of a stream is a connection that broke', async (t) => {
  const peer = await peerOf(t, (response, count) => {
    response.setHeader('connection', 'close'); // as the orchestrator says of streams
    begin(response);
    send(response, exchangeUpdate({ path: `/${count}` }));
    // What the system sends for a process that was killed: the end of the connection, not of the answer.
    if (count === 1) response.socket?.end();
  });

  const { errors } = await culvert(['tail', '--url', peer.url, '--limit', '2']);

  match(errors, /cannot reach .*: the connection broke; connecting again\n/);
});

test('a refusal after the connection was lost ends with 3', async (t) => {
  const peer = await peerOf(t, (response, count) => {
    if (count === 1) {
      begin(response);
      response.end('event: complete\ndata:\n\n');
    } else response.writeHead(401).end();
  });

  const { code, errors } = await culvert(['tail', '--url', peer.url]);

  equal(code, 3);
  match(errors, /asks for a token/);
});

for (const [signal, exitCode] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends a tail at once with ${exitCode}, and a HAR document is complete`, async (t) => {
    const peer = await peerOf(t, (response) => {
      begin(response);
    });

    const child = startCulvert(['tail', '--url', peer.url, '-o', 'har']);
    const ended = once(child, 'exit') as Promise<[number]>;
    const written = Promise.all([text(child.stdout), text(child.stderr)]);
    await peer.asked;
    child.kill(signal);
    const [code] = await ended;
    const [output, errors] = await written;

    equal(code, exitCode);
    equal(errors, '');
    deepEqual((JSON.parse(output) as { log: { entries: unknown[] } }).log.entries, []);
  });
}

test('a filter is handed over as it was given', async (t) => {
  const peer = await peerOf(t, (response) => {
    begin(response);
    send(response, exchangeUpdate({}));
  });
  const args = '-m GET,POST -s 5xx --host a:80 -p /x --contains abc -n one -n two -w Deployment/cart';
  const more = '--agent agent-1 --cluster local --min-duration 1s --max-duration 1m --state open,upgraded';

  await culvert(['tail', '--url', peer.url, '--limit', '1', ...args.split(' '), ...more.split(' ')]);

  const [request] = peer.requests;
  ok(request?.accept === 'text/event-stream');
  deepEqual(request.variables['filter'], {
    methods: ['GET', 'POST'],
    status: { min: 500, max: 599 },
    host: 'a:80',
    pathPrefix: '/x',
    urlContains: 'abc',
    namespaces: ['one', 'two'],
    workloads: ['Deployment/cart'],
    agentIds: ['agent-1'],
    clusters: ['local'],
    durationMs: { min: 1_000, max: 60_000 },
    states: ['OPEN', 'UPGRADED'],
  });
});

function begin(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
}

function send(response: ServerResponse, trafficEvents: unknown): void {
  response.write(`event: next\ndata: ${JSON.stringify({ data: { trafficEvents } })}\n\n`);
}

function exchangeUpdate(fields: Parameters<typeof exchangeWith>[0]): unknown {
  return { __typename: 'HttpTransaction', ...exchangeWith(fields) };
}

async function peerOf(
  t: TestContext,
  answer: (response: ServerResponse, count: number) => void,
): Promise<Peer & { readonly asked: Promise<void> }> {
  const { promise: asked, resolve } = Promise.withResolvers<void>();
  const peer = await startPeer((response, _request, count) => {
    answer(response, count);
    resolve();
  });
  t.after(() => peer.close());
  return { ...peer, asked };
}
