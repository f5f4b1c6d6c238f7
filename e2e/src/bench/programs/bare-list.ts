/**
 * The least that a list of exchanges over HTTP can cost in Node: statements by pg, their rows as JSON.
 *
 * Arguments: its port, the address of Postgres, a JSON file with the statements, and how many connections to open.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import pg from 'pg';

interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values: (string | null)[];
}

const [port, url, file, connections] = process.argv.slice(2);
const statements = JSON.parse(readFileSync(file ?? '', 'utf8')) as Statement[];
const pool = new pg.Pool({ connectionString: url, max: Number(connections), options: '-c jit=off' });

async function rows(): Promise<unknown[]> {
  const [first] = statements;
  // Alone it needs no connection of its own; several may be one transaction.
  if (statements.length === 1 && first !== undefined) return (await pool.query(first)).rows as unknown[];
  const client = await pool.connect();
  try {
    const all: unknown[] = [];
    for (const statement of statements) all.push(...((await client.query(statement)).rows as unknown[]));
    return all;
  } finally {
    client.release();
  }
}

createServer((request, response) => {
  request.resume();
  rows().then(
    (found) => {
      const body = JSON.stringify(found);
      response.writeHead(200, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      });
      response.end(body);
    },
    (error: unknown) => {
      response.writeHead(500);
      response.end(String(error));
    },
  );
}).listen(Number(port), '127.0.0.1');
