import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';
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

test('no two callers are given the same port, in one process or in several, and each may be listened on', async () => {
  const module = JSON.stringify(new URL('./ports.ts', import.meta.url).href);
  const program = `import { freePort } from ${module};
    const ports = await Promise.all(Array.from({ length: 120 }, freePort));
    console.log(JSON.stringify(ports));
    process.stdin.resume().on('end', () => process.exit());`;
  const others = Array.from({ length: 3 }, () =>
    spawn(process.execPath, ['--input-type=module', '--eval', program], {
      stdio: ['pipe', 'pipe', 'inherit'],
    }),
  );
  const given = await Promise.all([
    Promise.all(Array.from({ length: 120 }, freePort)),
    ...others.map(async (other) => {
      const [line] = (await once(createInterface(other.stdout), 'line')) as [string];
      return JSON.parse(line) as number[];
    }),
  ]);
  const ports = given.flat();

  assert.equal(new Set(ports).size, 4 * 120);
  const servers = ports.map((port) => createServer().listen(port, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));

  for (const server of servers) server.close();
  for (const other of others) other.stdin.end();
  await Promise.all(others.map((other) => once(other, 'exit')));
});
