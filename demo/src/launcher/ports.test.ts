import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { assertFree, freePort } from './ports.ts';

test('a taken port yields a sentence with the port, who needs it and the variable that changes it', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;

  await assert.rejects(assertFree(port, 'CULVERT_POSTGRES_PORT', 'Postgres'), {
    message: `Port ${port}, which Postgres needs, is taken by another process: free it or choose another with CULVERT_POSTGRES_PORT.`,
  });
  server.close();
});

test('a port that was found free passes the check', async () => {
  const port = await freePort();

  await assertFree(port, 'CULVERT_POSTGRES_PORT', 'Postgres');

  assert.ok(port > 0);
});
