import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import pg from 'pg';
import { startPostgres, type PostgresServer } from './postgres.ts';
import { readProcessTable } from './process-table.ts';
import { findUnprivileged } from './unprivileged.ts';

let directory: string;
let server: PostgresServer;

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'culvert-postgres-test-'));
  server = await startPostgres({ dataDir: join(directory, 'data'), port: 0, durable: false });
});

after(async () => {
  await server.stop('immediate');
  await rm(directory, { recursive: true, force: true });
});

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

test('a started Postgres answers queries as culvert on the database culvert', async () => {
  const rows = await query('select current_user as who, current_database() as database');

  assert.deepEqual(rows, [{ who: 'culvert', database: 'culvert' }]);
});

test('a started Postgres has pg_trgm', async () => {
  await query('create extension pg_trgm');

  assert.deepEqual(await query("select 'culvert' % 'culverts' as alike"), [{ alike: true }]);
});

test('committed rows survive a Postgres that was killed and restarted', async () => {
  await query('create table kept (value int)');
  await query('insert into kept select generate_series(1, 1000)');

  await server.kill();
  await server.restart();

  assert.deepEqual(await query('select count(*)::int as count from kept'), [{ count: 1000 }]);
});

test('a killed Postgres leaves no process', async () => {
  const pid = server.pid;

  await server.kill();

  const left = (await readProcessTable()).filter((row) => row.group === pid || row.pid === pid);
  assert.deepEqual(left, []);
  await server.restart();
});

test('rows survive an orderly stop, and a lock file that names a foreign process is no obstacle', async () => {
  await query('create table stopped (value int)');
  await server.stop();
  await writeFile(join(directory, 'data', 'postmaster.pid'), `${process.pid}\n/elsewhere\n`);

  await server.restart();

  assert.deepEqual(await query('select * from stopped'), []);
});

test('a second Postgres on the same data is refused with the process that has it', async () => {
  const second = startPostgres({ dataDir: join(directory, 'data'), port: 0, durable: false });

  await assert.rejects(second, new RegExp(`${server.pid}.*data`));
});

test('a setting that Postgres refuses yields its last log lines and no process', async () => {
  const started = startPostgres({
    dataDir: join(directory, 'other'),
    port: 0,
    durable: false,
    settings: { shared_buffers: 'plenty' },
  });

  await assert.rejects(started, /Postgres ended at once[^]*shared_buffers/);
  assert.deepEqual((await readdir(directory)).toSorted(), ['data', 'other']);
});

test('a CULVERT_POSTGRES_BIN that is too old or empty is refused with what to do', async () => {
  const bin = await mkdtemp(join(directory, 'bin-'));
  const environment = { ...process.env, CULVERT_POSTGRES_BIN: bin };
  const options = { dataDir: join(directory, 'never'), port: 0, environment };
  await assert.rejects(startPostgres(options), /no program initdb in .*CULVERT_POSTGRES_BIN/);

  for (const program of ['initdb', 'postgres']) {
    await writeFile(join(bin, program), '#!/bin/sh\necho "postgres (PostgreSQL) 15.9"\n');
    await chmod(join(bin, program), 0o755);
  }

  await assert.rejects(startPostgres(options), /15\.9; Culvert needs 16 or newer/);
  await rm(bin, { recursive: true });
});

test('whoever starts Postgres, it does not run as root', async () => {
  for (const owner of [0, 65534]) {
    const { prefix } = await findUnprivileged(owner);
    const [command = '', ...args] = [...prefix, 'id', '-u'];

    const { stdout } = await promisify(execFile)(command, args);

    assert.notEqual(stdout.trim(), '0');
  }
});
