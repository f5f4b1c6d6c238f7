import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import type { TestContext } from 'node:test';
import pg from 'pg';
import { Registry } from 'prom-client';
import { createTestGraphql } from '../../testing/graphql.ts';
import { createTestLog } from '../../testing/log.ts';
import { startApiServer, type ApiServerOptions } from '../server.ts';

/** An API server until the test ends, whose Postgres is away: for what comes before any query. */
export async function startServer(t: TestContext, more: Partial<ApiServerOptions> = {}) {
  const { log, lines } = createTestLog();
  const registry = new Registry();
  const pool = new pg.Pool({ host: '127.0.0.1', port: 1 });
  const server = await startApiServer({
    host: '127.0.0.1',
    port: 0,
    guard: { allowedHosts: [], checkToken: undefined },
    graphql: createTestGraphql(pool).graphql,
    health: () =>
      Promise.resolve({ status: 'ok', roles: [], uptimeSeconds: 1, versions: {}, dependencies: {} }),
    maxRequestBytes: 10_000,
    requestTimeoutMs: 30_000,
    log,
    registry,
    ...more,
  });
  t.after(async () => {
    server.terminate();
    await server.stopAccepting();
    await pool.end();
  });
  return { server, lines, registry, send: (options: SendOptions) => send(server.port, options) };
}

interface SendOptions {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Received {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** `fetch` doesn't let a test choose Host and Origin. */
function send(port: number, { method = 'GET', path = '/graphql', headers = {}, body }: SendOptions) {
  return new Promise<Received>((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, method, path, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A query that needs no store. */
export const QUERY: SendOptions = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ query: '{ __typename }' }),
};

/** The errors of an answer. */
export function errorsOf(received: Received): { message: string; extensions: Record<string, unknown> }[] {
  return (JSON.parse(received.body) as { errors: never[] }).errors;
}

/** The code of its first error. */
export function codeOf(received: Received): unknown {
  return errorsOf(received)[0]?.extensions['code'];
}
