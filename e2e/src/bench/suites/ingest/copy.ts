import { join } from 'node:path';
import pg from 'pg';

/** The tables that exchanges end in. */
const TABLES = ['culvert.http_transactions', 'culvert.http_bodies'] as const;

/** Writes the rows of a database into files that the server can read, one for each table. */
export async function copyOut(url: string, directory: string): Promise<readonly string[]> {
  const files = TABLES.map((table) => join(directory, `${table}.copy`));
  await withClient(url, async (client) => {
    for (const [i, table] of TABLES.entries())
      await client.query(`COPY (SELECT * FROM ${table}) TO '${files[i]}' (FORMAT binary)`);
  });
  return files;
}

/**
 * Loads such files, one table after the other, each in a transaction.
 *
 * @returns milliseconds until the last row was committed
 */
export function copyIn(url: string, files: readonly string[]): Promise<number> {
  return withClient(url, async (client) => {
    await client.query('CHECKPOINT');
    const start = performance.now();
    for (const [i, table] of TABLES.entries())
      await client.query(`COPY ${table} FROM '${files[i]}' (FORMAT binary)`);
    return performance.now() - start;
  });
}

/** How many rows each table has, and dead letters, which there must be none of. */
export function countRows(
  url: string,
): Promise<{ transactions: number; bodies: number; deadLetters: number }> {
  return withClient(url, async (client) => {
    const count = async (from: string): Promise<number> =>
      Number((await client.query<{ count: string }>(`SELECT count(*) FROM ${from}`)).rows[0]?.count);
    return {
      // Only whole ones: both halves must have found each other.
      transactions: await count(
        `${TABLES[0]} WHERE method IS NOT NULL AND status IS NOT NULL AND outcome = 1`,
      ),
      bodies: await count(TABLES[1]),
      deadLetters: await count('culvert.dead_letters'),
    };
  });
}

/** Runs statements outside of transactions. */
export function execute(url: string, ...statements: readonly string[]): Promise<void> {
  return withClient(url, async (client) => {
    for (const statement of statements) await client.query(statement);
  });
}

/** What the server's settings are, such as `fsync on`. */
export function showSettings(url: string, names: readonly string[]): Promise<string> {
  return withClient(url, async (client) => {
    const shown: string[] = [];
    for (const name of names) {
      const { rows } = await client.query<Record<string, string>>(`SHOW ${name}`);
      shown.push(`${name} ${rows[0]?.[name] ?? '?'}`);
    }
    return shown.join(', ');
  });
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
