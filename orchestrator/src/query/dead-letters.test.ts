import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { LetterState } from '../dead-letters/letter.ts';
import type { RequeueResult } from '../dead-letters/requeue.ts';
import { createTestGraphql, type TestGraphql } from '../testing/graphql.ts';
import { startTestStore, type TestStore } from '../testing/store.ts';

let store: TestStore;
let graphql: TestGraphql;
/** What the mutation has asked for. */
const asked: (readonly string[])[] = [];

const AT = new Date(Date.UTC(2026, 0, 31, 10));
const STATES: Readonly<Record<LetterState, object>> = {
  HELD: {},
  REQUEUEING: { requeued_at: AT, requeue_attempts: 1 },
  REQUEUED: { requeued_at: AT, settled_at: AT, requeue_attempts: 2 },
};

before(async () => {
  store = await startTestStore();
  const rows = Array.from({ length: 12 }, (_, index) => ({
    agent_id: `agent-${index % 3}`,
    boot_id: '11111111-1111-4111-8111-111111111111',
    kind: index % 4,
    first_sequence: index,
    event_count: 3,
    event_index: index === 0 ? -1 : 1,
    reason: ['clock', 'rejected', 'from_the_future'][index % 3],
    detail: `detail ${index}`,
    exchanges: 1,
    subject: `culvert.exchange.local.${index < 6 ? 'shop' : 'a~2Eb'}.agent-${index % 3}`,
    payload: Buffer.from(`payload ${index}`),
    created_at: AT,
    ...STATES[(['HELD', 'REQUEUEING', 'REQUEUED'] as const)[Math.floor(index / 4)] ?? 'HELD'],
  }));
  await store.insert('dead_letters', rows);
  graphql = createTestGraphql(store.pool, {
    deadLetters: {
      requeue: (ids): Promise<RequeueResult> => {
        asked.push(ids);
        return Promise.resolve({ requeued: ids.length, failed: [{ id: '7', reason: 'for a test' }] });
      },
    },
  });
});
after(() => store.close());

interface Page {
  readonly deadLetters: {
    readonly nodes: readonly { readonly id: string; readonly detail: string }[];
    readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
    readonly pageInfo: {
      readonly hasNextPage: boolean;
      readonly hasPreviousPage: boolean;
      readonly startCursor: string | null;
      readonly endCursor: string | null;
    };
  };
}

async function details(filter: string): Promise<number[]> {
  const { data } = await graphql.ask<Page>(`{ deadLetters(filter: ${filter}) { nodes { detail } } }`);
  return data.deadLetters.nodes.map(({ detail }) => Number(detail.slice(7)));
}

test('a letter shows where it comes from, why it was set aside and what it holds', async () => {
  const { data, errors } = await graphql.ask<{ deadLetters: { nodes: unknown[] } }>(
    `{ deadLetters(filter: { state: HELD }, first: 4) { nodes {
      reason detail state agentId cluster namespace kind subject firstSequence eventCount eventIndex exchanges createdAt
      requeuedAt attempts payloadBytes payload } } }`,
  );

  assert.equal(errors, undefined);
  assert.deepEqual(data.deadLetters.nodes.at(-1), {
    reason: 'CLOCK',
    detail: 'detail 0',
    state: 'HELD',
    agentId: 'agent-0',
    cluster: 'local',
    namespace: 'shop',
    kind: 'HEARTBEAT',
    subject: 'culvert.exchange.local.shop.agent-0',
    firstSequence: 0,
    eventCount: 3,
    eventIndex: null,
    exchanges: 1,
    createdAt: '2026-01-31T10:00:00.000Z',
    requeuedAt: null,
    attempts: 0,
    payloadBytes: 9,
    payload: Buffer.from('payload 0').toString('base64'),
  });
});

test('payloads are read only where they are selected', async () => {
  await graphql.ask('{ deadLetters(first: 2) { nodes { id payloadBytes } } }');
  const without = graphql.statements.length;
  await graphql.ask('{ deadLetters(first: 2) { nodes { id payload } } }');

  assert.equal(without, 1);
  assert.equal(graphql.statements.length, 3);
});

test('letters are narrowed by reason, agent, namespace and state, newest first', async () => {
  assert.deepEqual(await details('{}'), [11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]);
  assert.deepEqual(await details('{ reasons: [CLOCK] }'), [9, 6, 3, 0]);
  assert.deepEqual(await details('{ reasons: [REJECTED, OTHER] }'), [11, 10, 8, 7, 5, 4, 2, 1]);
  assert.deepEqual(await details('{ reasons: [] }'), []);
  assert.deepEqual(await details('{ agentIds: ["agent-1", "a\\u0000"] }'), [10, 7, 4, 1]);
  assert.deepEqual(await details('{ namespaces: ["a.b"] }'), [11, 10, 9, 8, 7, 6]);
  assert.deepEqual(await details('{ state: HELD }'), [3, 2, 1, 0]);
  assert.deepEqual(await details('{ state: REQUEUEING }'), [7, 6, 5, 4]);
  assert.deepEqual(await details('{ state: REQUEUED, namespaces: ["a.b"], reasons: [CLOCK] }'), [9]);
});

test('pages follow one another without gaps', async () => {
  const seen: string[] = [];
  let after = '';
  for (let page = 1; ; page++) {
    const { data } = await graphql.ask<Page>(
      `{ deadLetters(first: 5${after}) { nodes { id } edges { cursor node { id } }
         pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`,
    );
    const { nodes, edges, pageInfo } = data.deadLetters;
    seen.push(...nodes.map(({ id }) => id));
    assert.deepEqual(
      edges.map(({ node }) => node.id),
      nodes.map(({ id }) => id),
    );
    assert.deepEqual([pageInfo.startCursor, pageInfo.endCursor], [edges[0]?.cursor, edges.at(-1)?.cursor]);
    assert.equal(pageInfo.hasPreviousPage, page > 1);
    if (!pageInfo.hasNextPage) break;
    after = `, after: "${pageInfo.endCursor ?? ''}"`;
  }

  assert.deepEqual(
    seen,
    Array.from({ length: 12 }, (_, index) => String(12 - index)),
  );
});

test('letters to requeue are chosen by ids or by a filter, the oldest held ones first', async () => {
  asked.length = 0;
  const mutate = (selection: string) =>
    graphql.ask<{ requeueDeadLetters: unknown }>(
      `mutation { requeueDeadLetters(${selection}) { requeued failed { id reason } } }`,
    );

  const { data } = await mutate('ids: ["3", "9", "3"]');
  await mutate('filter: {}, limit: 3');
  await mutate('filter: { state: REQUEUEING, reasons: [CLOCK] }');

  assert.deepEqual(asked, [['3', '9'], ['1', '2', '3'], ['7']]);
  assert.deepEqual(data.requeueDeadLetters, { requeued: 2, failed: [{ id: '7', reason: 'for a test' }] });
});

test('every argument that can not be meant is named with what is allowed', async () => {
  const texts = JSON.stringify(Array.from({ length: 101 }, (_, n) => `name-${n}`));
  const wrong = {
    'filter.reasons': [
      `{ deadLetters(filter: { reasons: [${'CLOCK '.repeat(101)}] }) { nodes { id } } }`,
      `mutation { requeueDeadLetters(filter: { reasons: [${'CLOCK '.repeat(101)}] }) { requeued } }`,
    ],
    'filter.agentIds': [`{ deadLetters(filter: { agentIds: ${texts} }) { nodes { id } } }`],
    'filter.namespaces': [`{ deadLetters(filter: { namespaces: ${texts} }) { nodes { id } } }`],
    first: ['{ deadLetters(first: 0) { nodes { id } } }', '{ deadLetters(first: 501) { nodes { id } } }'],
    after: [
      '',
      'x',
      'bDE6',
      Buffer.from('l1:-1').toString('base64url'),
      Buffer.from('l1:07').toString('base64url'),
    ].map((cursor) => `{ deadLetters(after: "${cursor}") { nodes { id } } }`),
    limit: ['mutation { requeueDeadLetters(filter: {}, limit: 501) { requeued } }'],
    ids: [
      'mutation { requeueDeadLetters { requeued } }',
      'mutation { requeueDeadLetters(ids: [], filter: {}) { requeued } }',
      'mutation { requeueDeadLetters(ids: ["1; DROP"]) { requeued } }',
      `mutation { requeueDeadLetters(ids: ${JSON.stringify(Array.from({ length: 501 }, (_, id) => String(id + 1)))}) { requeued } }`,
    ],
  };

  for (const [argument, queries] of Object.entries(wrong))
    for (const query of queries) {
      const { errors } = await graphql.ask(query);
      const extensions = errors?.[0]?.extensions as Record<string, unknown> | undefined;
      assert.deepEqual([extensions?.['code'], extensions?.['argument']], ['BAD_USER_INPUT', argument], query);
      assert.equal(typeof extensions?.['allowed'], 'string', query);
    }
});

test('a page whose payloads could be too much is refused, a short one is not', async () => {
  const tooMany = await graphql.ask('{ deadLetters(first: 25) { nodes { payload } } }');
  const few = await graphql.ask('{ deadLetters(first: 24) { nodes { payload } } }');

  assert.equal(tooMany.errors?.[0]?.extensions?.code, 'QUERY_TOO_COSTLY');
  assert.equal(few.errors, undefined);
});
