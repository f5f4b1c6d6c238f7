import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serverAudits } from 'graphql-http';
import { startServer } from './testing/server.ts';

test('S1-19: every audit of GraphQL over HTTP passes', async (t) => {
  const { server } = await startServer(t);

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
