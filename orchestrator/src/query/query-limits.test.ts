import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getIntrospectionQuery, type GraphQLError } from 'graphql';
import pg from 'pg';
import { createTestGraphql } from '../testing/graphql.ts';
import type { QueryLimits } from './query-limits.ts';

const BOOKS = 'books { captured }';
const HEAVY = 'requestHeaders responseHeaders requestBody responseBody';

/** The refusals of a request by the real schema; nothing of it runs. */
function refusals(
  query: string,
  limits: Partial<QueryLimits> = {},
  variables: Readonly<Record<string, unknown>> = {},
): readonly GraphQLError[] {
  const { graphql } = createTestGraphql(new pg.Pool(), { limits });
  const prepared = graphql.prepare({ query, variables });
  return prepared.kind === 'ready' ? [] : prepared.errors;
}

/** Three that must be refused, by the limit and with its value in message and extensions, and one that must pass. */
function shows(
  limit: { readonly code: string; readonly setting: string; readonly allowed: number },
  refused: readonly [string, string, string],
  passing: string,
  limits: Partial<QueryLimits> = {},
): void {
  for (const query of refused) {
    const [error] = refusals(query, limits);
    assert.deepEqual(
      error?.extensions,
      { code: limit.code, limit: limit.setting, allowed: limit.allowed },
      query,
    );
    assert.ok(error.message.endsWith(`; ${limit.setting} allows ${limit.allowed}.`), error.message);
  }
  assert.deepEqual(refusals(passing, limits), []);
}

test('G2: a query that nests too deep is refused', () => {
  shows(
    { code: 'QUERY_TOO_DEEP', setting: 'CULVERT_QUERY_DEPTH', allowed: 3 },
    [
      '{ agents { books { lostInCrash { min } } } }',
      '{ agents { ...A } } fragment A on Agent { books { lostInCrash { max } } }',
      '{ agents { ... on Agent { books { ... { lostInCrash { min } } } } } }',
    ],
    '{ agents { books { captured } } }',
    { maxDepth: 3 },
  );
});

test('G2: a query that costs too much is refused, by literals, variables and fragments', () => {
  const list = (name: string): string => `${name}: requests { ${HEAVY} }`;
  // 50 × (1 + 4 × 10) each.
  const four = ['a', 'b', 'c', 'd'].map(list).join(' ');

  shows(
    { code: 'QUERY_TOO_COSTLY', setting: 'CULVERT_QUERY_COST', allowed: 10_000 },
    [
      `{ ${four} ${list('e')} }`,
      `{ ${four} ... on Query { ...E } } fragment E on Query { ${list('e')} }`,
      `{ ${Array.from({ length: 21 }, (_, n) => `m${n}: systemMetrics(limit: 500) { agentId }`).join(' ')} }`,
    ],
    `{ ${four} }`,
  );
});

test('G2: the cost of a query is known when its variables are', () => {
  const query = `query ($n: Int!, $more: Boolean!) { systemMetrics(limit: $n) { agentId } agents @include(if: $more) { ${BOOKS} } }`;
  const limits = { maxCost: 100 };

  for (const variables of [
    { n: 101, more: false },
    { n: 500, more: false },
    { n: 1, more: true },
  ])
    assert.equal(refusals(query, limits, variables)[0]?.extensions['limit'], 'CULVERT_QUERY_COST');
  assert.deepEqual(refusals(query, limits, { n: 100, more: false }), []);
});

test('G2: a mutation is weighed as queries are', () => {
  const mutation = 'mutation ($n: Int) { requeueDeadLetters(filter: {}, limit: $n) { failed { id } } }';

  const [error] = refusals(mutation, { maxCost: 100 }, { n: 100 });

  assert.equal(error?.extensions['code'], 'QUERY_TOO_COSTLY');
  assert.deepEqual(refusals(mutation, { maxCost: 100 }, { n: 99 }), []);
});

test('G2: a subscription is weighed as queries are', () => {
  const fields = Array.from({ length: 31 }, (_, n) => `a${n}: agentId`).join(' ');

  const [error] = refusals(`subscription { systemMetricsUpdates { ${fields} } }`);

  assert.equal(error?.extensions['code'], 'TOO_MANY_ALIASES');
});

test('G2: too many aliases are refused, cheap ones too', () => {
  const aliases = (count: number, field = 'url'): string =>
    Array.from({ length: count }, (_, n) => `a${n}: ${field}`).join(' ');

  shows(
    { code: 'TOO_MANY_ALIASES', setting: 'CULVERT_QUERY_ALIASES', allowed: 30 },
    [
      `{ request(id: "") { ${aliases(31)} } }`,
      `{ x: request(id: "") { ...F ...F } } fragment F on HttpTransaction { ${aliases(15)} }`,
      `{ ${aliases(31, '__typename')} }`,
    ],
    `{ request(id: "") { ${aliases(30)} } }`,
  );
});

test('G2: a query of too many tokens is refused before it is read whole', () => {
  const tokens = (count: number): string =>
    `{ ${'agentId '.repeat(count - 5)} }`.replace('{', '{ agents {') + ' }';

  shows(
    { code: 'QUERY_TOO_LONG', setting: 'CULVERT_QUERY_TOKENS', allowed: 200 },
    [
      tokens(201),
      `{ request(id: "") { url ${'@include(if: true)'.repeat(50)} } }`,
      `{ requests { url ${'...F '.repeat(150)} } } fragment F on HttpTransaction { url }`,
    ],
    tokens(200),
    { maxTokens: 200 },
  );
});

test('a mistake of spelling stays one, however long the query is', () => {
  const [error] = refusals(`{ agents { \u0001 ${'agentId '.repeat(5_000)} } }`);

  assert.equal(error?.extensions['code'], 'GRAPHQL_PARSE_FAILED');
});

test('G2: the schema may be asked for unless that is turned off, and is not guessed from suggestions then', () => {
  const asking = [
    getIntrospectionQuery(),
    '{ __schema { types { name } } }',
    '{ __type(name: "Agent") { name } }',
  ];

  for (const query of asking) {
    assert.deepEqual(refusals(query), []);
    const [error] = refusals(query, { introspection: false });
    assert.deepEqual(error?.extensions, {
      code: 'INTROSPECTION_OFF',
      limit: 'CULVERT_INTROSPECTION',
      allowed: false,
    });
    assert.match(error.message, /; CULVERT_INTROSPECTION=1 turns this on\.$/);
  }
  assert.deepEqual(refusals('{ __typename }', { introspection: false }), []);
  assert.match(refusals('{ agent { agentId } }')[0]?.message ?? '', /Did you mean/);
  assert.doesNotMatch(refusals('{ agent { agentId } }', { introspection: false })[0]?.message ?? '', /mean/);
});

test('G2: the schema is not told in circles', () => {
  const circle = (depth: number, inner: string): string =>
    depth === 0 ? inner : `fields { type { ${circle(depth - 1, inner)} } }`;
  const ask = (depth: number): string => `{ __schema { types { ${circle(depth, 'name')} } } }`;

  const [error] = refusals(ask(3));

  assert.deepEqual(error?.extensions, { code: 'QUERY_TOO_DEEP', limit: 'introspection', allowed: 2 });
  assert.match(error.message, /; introspection allows 2\.$/);
  assert.deepEqual(refusals(ask(2)), []);
  assert.deepEqual(refusals(getIntrospectionQuery()), []);
});

test('G2: a query whose fields are too many to compare is refused by the limit', () => {
  const repeated = (times: number): string => `{ requests { ${'method '.repeat(times)} } }`;

  const [error, ...more] = refusals(repeated(1_990));

  assert.deepEqual(error?.extensions, { code: 'QUERY_TOO_COMPLEX', limit: 'comparisons', allowed: 500_000 });
  assert.match(error.message, /; comparisons allows 500000\.$/);
  assert.deepEqual(more, []);
  assert.deepEqual(refusals(repeated(500)), []);
});
