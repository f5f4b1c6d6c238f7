import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeStatement } from './describe-statement.ts';

test('a statement is told by what it does and the table that it does it to', () => {
  const summaries = [
    'select "method" from "culvert"."http_transactions" where "request_id" = $1',
    'INSERT INTO culvert.agents (agent_id) VALUES ($1)',
    'COPY culvert.http_bodies (request_id) FROM STDIN (FORMAT binary)',
    'WITH fresh AS (SELECT 1 FROM ingest_batches) INSERT INTO culvert.agent_books SELECT * FROM fresh',
    'UPDATE culvert.http_transactions SET counted_in = $1',
    'DROP TABLE culvert.http_transactions_2026013110',
    'BEGIN',
    '',
  ].map((text) => describeStatement(text).summary);

  assert.deepEqual(summaries, [
    'SELECT http_transactions',
    'INSERT agents',
    'COPY http_bodies',
    'SELECT ingest_batches',
    'UPDATE http_transactions',
    'DROP http_transactions',
    'BEGIN',
    'SQL',
  ]);
});
