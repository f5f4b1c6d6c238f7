import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import pg from 'pg';
import { Registry } from 'prom-client';
import { createTestGraphql } from '../testing/graphql.ts';
import { createTestLog } from '../testing/log.ts';
import { startApiServer } from './server.ts';

test('S1-19: every audit of GraphQL over HTTP passes', async (t) => {
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    guard: { allowedHosts: [], checkToken: undefined },
    graphql: createTestGraphql(pool).graphql,
    health: () => Promise.reject(new Error('not asked')),
    maxRequestBytes: 262_144,
    requestTimeoutMs: 30_000,
    log: createTestLog().log,
    registry: new Registry(),
  });
  t.after(async () => {
    server.terminate();
    await server.stopAccepting();
    await pool.end();
  });

  const audits = serverAudits({ url: `http://127.0.0.1:${server.port}/graphql`, fetchFn: fetch });
  const failed: string[] = [];
  for (const audit of audits) {
    const result = await audit.fn();
    if (result.status !== 'ok') failed.push(`${audit.name}: ${result.reason}`);
    if ('response' in result) await result.response.body?.cancel();
  }

  assert.ok(audits.length >= 60, `${audits.length} audits`);
  assert.deepEqual(failed, []);
});
