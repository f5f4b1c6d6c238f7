import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { createTestGraphql } from '../testing/graphql.ts';
import { FIRST_DOCUMENT } from './graphiql-page.ts';

test('S1-20: what the playground begins with can be run: a filtered list, and a subscription below it', () => {
  const { graphql } = createTestGraphql(new pg.Pool());

  const prepared = ['Newest', 'Follow'].map((operationName) =>
    graphql.prepare({ query: FIRST_DOCUMENT, operationName }),
  );

  const kinds = prepared.map((one) => (one.kind === 'ready' ? one.type : one.errors));
  assert.deepEqual(kinds, ['query', 'subscription']);
  assert.match(FIRST_DOCUMENT, /transactions\(first: 20, filter: \{.+\}\)[^]+ trafficEvents /);
});
