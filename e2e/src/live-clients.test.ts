import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startOrchestrator, type OrchestratorProcess } from '@culvert/demo/launcher/culvert';
import { startBrowser } from './rig/browser.ts';
import { eventually } from './rig/eventually.ts';
import {
  followByCurl,
  followByEvents,
  followByEventSource,
  followBySocket,
  type Follower,
} from './rig/live-clients.ts';
import { createEndings, startStackWith } from './rig/stack.ts';

const FOLLOW =
  'subscription Tail { trafficEvents(filter: { pathPrefix: "/followed" }) { __typename ... on HttpTransaction { method path status state } } }';

/** How many subscriptions a process serves, by all transports. */
async function subscriptions({ metricsUrl }: OrchestratorProcess): Promise<number> {
  const text = await (await fetch(`${metricsUrl}/metrics`)).text();
  let count = 0;
  for (const [, value] of text.matchAll(/^culvert_graphql_subscriptions\{transport="\w+"\} (\d+)$/gm))
    count += Number(value);
  return count;
}

test('queries and mutations are answered, and graphql-ws, graphql-sse, curl and EventSource in Chromium follow the same traffic at two replicas, and are told of the end', async (t) => {
  const endings = createEndings();
  t.after(() => endings.run());
  const stack = await startStackWith(endings);
  const first = stack.orchestrator();
  const second = await startOrchestrator({
    environment: {
      CULVERT_ROLES: 'api',
      CULVERT_POSTGRES_URL: stack.postgres.url,
      NATS_URL: stack.nats.url,
    },
  });
  endings.add(() => second.stop());
  const browser = await startBrowser(endings);
  const page = await browser.open(`${second.apiUrl}/graphql`);

  const atFirst = [followBySocket(first.apiUrl, FOLLOW), followByEvents(first.apiUrl, FOLLOW)];
  const atSecond = [
    followBySocket(second.apiUrl, FOLLOW),
    followByEvents(second.apiUrl, FOLLOW),
    followByCurl(second.apiUrl, FOLLOW),
    await followByEventSource(page, FOLLOW),
  ];
  for (const { leave } of [...atFirst, ...atSecond]) endings.add(leave);
  await eventually(
    () => subscriptions(first),
    (count) => count === 2,
    'two follow at the first',
  );
  await eventually(
    () => subscriptions(second),
    (count) => count === 4,
    'four follow at the second',
  );
  const ask = async (path: string): Promise<void> => {
    await (await fetch(`http://127.0.0.1:${stack.port}${path}`)).text();
  };
  // A subscription that the server counts may still be on its way to NATS.
  for (const follower of [...atFirst, ...atSecond])
    await eventually(
      async () => {
        await ask('/followed/already');
        return follower.updates();
      },
      ({ length }) => length > 0,
      `${follower.name} follows`,
    );
  for (const path of ['/other', '/followed/1', '/followed/2?status=404']) await ask(path);

  const common = { __typename: 'HttpTransaction', method: 'GET', state: 'COMPLETE' };
  const expected = [
    { ...common, path: '/followed/1', status: 200 },
    { ...common, path: '/followed/2?status=404', status: 404 },
  ].map((trafficEvents) => ({ data: { trafficEvents } }));
  for (const follower of [...atFirst, ...atSecond]) {
    const updates = await eventually(
      async () => (await follower.updates()).filter((update) => !JSON.stringify(update).includes('/already')),
      ({ length }) => length >= 2,
      `${follower.name} was told`,
    );
    assert.deepEqual(updates, expected, follower.name);
  }

  const { requests } = await stack.graphql.query<{ requests: unknown[] }>('{ requests { requestId } }');
  const { requeueDeadLetters } = await stack.graphql.query<{ requeueDeadLetters: unknown }>(
    'mutation { requeueDeadLetters(filter: {}, limit: 1) { requeued failed { id } } }',
  );
  assert.ok(Array.isArray(requests));
  assert.deepEqual(requeueDeadLetters, { requeued: 0, failed: [] });

  await second.stop();
  const ends: (string | undefined)[] = [];
  for (const follower of atSecond) ends.push(await endOf(follower));
  assert.deepEqual(ends, ['closed with 1001', 'completed', 'completed', 'completed']);
  assert.match(second.tail(), /"clean":true/, 'nothing had to be cut off');
  assert.equal(await subscriptions(first), 2);
});

test('S1-20: the playground in Chromium runs a subscription and shows what comes', async (t) => {
  const endings = createEndings();
  t.after(() => endings.run());
  const stack = await startStackWith(endings);
  const { apiUrl } = stack.orchestrator();
  const browser = await startBrowser(endings);
  const page = await browser.open(`${apiUrl}/graphql?query=${encodeURIComponent(FOLLOW)}`);

  await eventually(
    () =>
      page.evaluate<boolean>(`(() => {
      const button = document.querySelector('.graphiql-execute-button');
      button?.click();
      return button !== null;
    })()`),
    (clicked) => clicked,
    'the playground is there',
  );
  await eventually(
    () => subscriptions(stack.orchestrator()),
    (count) => count > 0,
    'the playground follows',
  );
  await (await fetch(`http://127.0.0.1:${stack.port}/followed/by-the-playground`)).text();

  const shown = await eventually(
    () => page.evaluate<string>(`document.querySelector('.result-window')?.textContent ?? ''`),
    (text) => text.includes('by-the-playground'),
    'the playground shows it',
  );
  assert.match(shown, /COMPLETE/);
});

async function endOf(follower: Follower): Promise<string | undefined> {
  return eventually(
    () => follower.ended(),
    (end) => end !== undefined,
    `${follower.name} has ended`,
  );
}
