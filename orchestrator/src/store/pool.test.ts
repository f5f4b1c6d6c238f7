import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { startPostgres } from '@culvert/demo/launcher/postgres';
import { silent } from '../testing/store.ts';
import { createPool } from './pool.ts';

test('a connection that is lost while nobody listens to it does not end the process', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-pool-'));
  const server = await startPostgres({ dataDir: join(directory, 'postgres'), port: 0, durable: false });
  const pool = createPool(server.url, { applicationName: 'test', log: silent });
  t.after(async () => {
    await pool.end();
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const borrowed = await pool.connect();
  const lost = new Promise((resolve) => borrowed.once('end', resolve));
  await server.kill();
  await lost;
  await assert.rejects(borrowed.query('SELECT 1'));
  borrowed.release(true);
  await server.restart();
  const { rows } = await pool.query<{ one: number }>('SELECT 1 AS one');
  assert.deepEqual(rows, [{ one: 1 }]);
});
