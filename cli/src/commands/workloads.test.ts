import { deepEqual, equal, match } from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { sendJson, startPeer, type Peer } from '../testing/peer.ts';
import { runHere } from '../testing/run.ts';

const AGENTS = [
  { agentId: 'a-1', namespace: 'bugs', workload: 'Deployment/bugs' },
  { agentId: 'a-2', namespace: 'bugs', workload: 'Deployment/bugs' },
  { agentId: 'a-3', namespace: 'bugs', workload: 'CronJob/bugs' },
  { agentId: 'a-4', namespace: 'shop', workload: 'Deployment/bugs' },
  { agentId: 'a-5', namespace: 'shop', workload: 'Rollout/cart' },
  { agentId: 'a-6', namespace: 'default', workload: 'plain' },
  { agentId: 'repro', namespace: 'bugs', workload: '' },
];

async function peerOf(t: TestContext): Promise<Peer> {
  const peer = await startPeer((response, { query }) => {
    const transactions = { nodes: [], pageInfo: { hasNextPage: false, endCursor: null } };
    const transactionStats = { since: null, until: null, truncated: false, groups: [] };
    sendJson(response, {
      data: query.includes('agents {') ? { agents: AGENTS } : { transactions, transactionStats },
    });
  });
  t.after(() => peer.close());
  return peer;
}

for (const [asked, filter] of [
  ['bugs/bugs', { workloads: ['Deployment/bugs', 'CronJob/bugs'], namespaces: ['bugs'] }],
  ['shop/bugs', { workloads: ['Deployment/bugs'], namespaces: ['shop'] }],
  ['shop/cart,shop/bugs', { workloads: ['Rollout/cart', 'Deployment/bugs'], namespaces: ['shop'] }],
  ['cart', { workloads: ['Rollout/cart'] }],
  ['bugs', { workloads: ['Deployment/bugs', 'CronJob/bugs'] }],
  ['plain', { workloads: ['plain'] }],
  ['default/plain', { workloads: ['plain'], namespaces: ['default'] }],
  ['rollout/cart', { workloads: ['Rollout/cart'] }],
  ['shop/rollout/cart', { workloads: ['Rollout/cart'], namespaces: ['shop'] }],
] as const) {
  test(`--workload ${asked} is understood as tables show it`, async (t) => {
    const peer = await peerOf(t);

    for (const command of ['list', 'stats']) {
      const { code, errors } = await runHere([command, '--url', peer.url, '--workload', asked]);
      equal(code, 0, errors);
    }

    const asks = peer.requests.filter(({ query }) => !query.includes('agents {'));
    deepEqual(
      asks.map(({ variables }) => variables['filter']),
      [filter, filter],
    );
  });
}

test('a workload that is given whole is asked for without looking it up', async (t) => {
  const peer = await peerOf(t);

  await runHere(['list', '--url', peer.url, '-w', 'Deployment/new,ReplicaSet/x']);
  await runHere(['list', '--url', peer.url, '-n', 'shop', '-w', 'shop/Deployment/new']);

  deepEqual(
    peer.requests.map(({ variables }) => variables['filter']),
    [
      { workloads: ['Deployment/new', 'ReplicaSet/x'] },
      { workloads: ['Deployment/new'], namespaces: ['shop'] },
    ],
  );
});

for (const [args, sentence] of [
  [['-w', 'bugs/bgus'], /is no workload that an agent has announced: did you mean bugs\/bugs\?/],
  [['-w', 'nothing-like-it'], /Give KIND\/NAME, such as Deployment\/cart, or NAMESPACE\/NAME/],
  [['-w', 'bugs/repro'], /is an agent without a workload; did you mean --agent "repro"\?/],
  [['-w', 'repro'], /did you mean --agent "repro"\?/],
  [['-w', 'shop/cart,bugs/bugs'], /ask for those of each namespace apart/],
  [['-w', 'shop/cart,Deployment/x'], /ask for those of each namespace apart/],
  [['-w', 'shop/cart', '-n', 'bugs'], /no exchange can match both/],
] as const) {
  test(`${args.join(' ')} is refused with what is right`, async (t) => {
    const peer = await peerOf(t);

    for (const command of ['list', 'tail', 'stats']) {
      const { code, output, errors } = await runHere([command, '--url', peer.url, ...args]);
      equal(code, 2, errors);
      equal(output, '');
      match(errors, sentence);
    }
  });
}

test('a method in lower case stands for upper case too, and counts know upper case only', async (t) => {
  const peer = await peerOf(t);

  await runHere(['list', '--url', peer.url, '-m', 'get,POST,Purge']);
  await runHere(['stats', '--url', peer.url, '-m', 'get,_other']);

  deepEqual(
    peer.requests.map(({ variables }) => (variables['filter'] as { methods: unknown }).methods),
    [
      ['get', 'GET', 'POST', 'Purge', 'PURGE'],
      ['GET', '_OTHER'],
    ],
  );
});
