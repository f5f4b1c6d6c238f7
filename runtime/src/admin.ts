import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Registry } from 'prom-client';
import { answerLogLevel } from './admin-log-level.ts';
import { bind } from './bind.ts';
import type { Logger } from './log.ts';

/** The state of one part that a process needs, for `/readyz` and `/health/detailed`. */
export interface Check {
  readonly name: string;
  /** Resolves to undefined when the part works, else to a sentence that says what is wrong. */
  readonly run: () => Promise<string | undefined> | string | undefined;
}

/** What {@link runChecks} found. */
export interface CheckReport {
  readonly status: 'ok' | 'unavailable';
  readonly checks: Readonly<
    Record<string, { readonly status: 'ok' | 'unavailable'; readonly message?: string }>
  >;
}

/** What a process serves beside metrics and health. */
export interface AdminRoute {
  /** Shown to who asks for a path that nobody serves, such as `/probe/tcp/PORT`. */
  readonly path: string;
  /** Answers a path, or undefined when it belongs to others. */
  readonly answer: (path: string) => Promise<AdminAnswer> | undefined;
}

/** An answer of {@link AdminRoute}: a status and a sentence. */
export interface AdminAnswer {
  readonly status: number;
  readonly text: string;
}

/** A started admin server. */
export interface AdminServer {
  readonly port: number;
  close(): Promise<void>;
}

/** Runs all checks at once; a check that throws counts as failed with the error's message. */
export async function runChecks(checks: readonly Check[]): Promise<CheckReport> {
  const results = await Promise.all(
    checks.map(async (check) => {
      const message = await Promise.resolve()
        .then(() => check.run())
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      return [
        check.name,
        message === undefined ? { status: 'ok' as const } : { status: 'unavailable' as const, message },
      ] as const;
    }),
  );
  const failed = results.some(([, result]) => result.status !== 'ok');
  return { status: failed ? 'unavailable' : 'ok', checks: Object.fromEntries(results) };
}

/**
 * Serves `/metrics` (Prometheus text), `/healthz` (the process runs) and `/readyz` (all checks pass, else 503 with
 * the failed ones), `/log-level`, and what the process adds.
 */
export async function startAdminServer(options: {
  readonly host: string;
  readonly port: number;
  readonly registry: Registry;
  readonly readiness: readonly Check[];
  /** Whose level `/log-level` tells and changes. */
  readonly log: Logger;
  readonly routes?: readonly AdminRoute[];
}): Promise<AdminServer> {
  const routes = options.routes ?? [];
  const server = createServer((request, response) => {
    const path = request.url?.split('?')[0] ?? '/';
    if (path === '/log-level') return serveLogLevel(request, response, options.log);
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(response, 405, 'text/plain', 'use GET\n');
    if (path === '/healthz') return send(response, 200, 'text/plain', 'ok\n');
    if (path === '/readyz') {
      void runChecks(options.readiness).then((report) => {
        send(response, report.status === 'ok' ? 200 : 503, 'application/json', `${JSON.stringify(report)}\n`);
      });
      return;
    }
    if (path === '/metrics') {
      options.registry.metrics().then(
        (metrics) => {
          send(response, 200, options.registry.contentType, metrics);
        },
        (error: unknown) => {
          send(response, 500, 'text/plain', `${String(error)}\n`);
        },
      );
      return;
    }
    for (const { answer } of routes) {
      const answered = answer(path);
      if (answered === undefined) continue;
      answered.then(
        ({ status, text }) => {
          send(response, status, 'text/plain', `${text}\n`);
        },
        (error: unknown) => {
          send(response, 500, 'text/plain', `${String(error)}\n`);
        },
      );
      return;
    }
    const others = routes.map((route) => `, ${route.path}`).join('');
    send(response, 404, 'text/plain', `try /metrics, /log-level, /healthz${others} or /readyz\n`);
  });
  const port = await bind(server, options.host, options.port);
  return {
    port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

function serveLogLevel(request: IncomingMessage, response: ServerResponse, log: Logger): void {
  if (!['GET', 'HEAD', 'PUT'].includes(request.method ?? ''))
    return send(response, 405, 'text/plain', 'use GET or PUT\n');
  answerLogLevel(request, log).then(
    ({ status, body }) => {
      // What was not read of a refused request would be taken for the next one.
      if (!request.complete) response.setHeader('connection', 'close');
      send(response, status, 'application/json', `${JSON.stringify(body)}\n`);
    },
    () => response.destroy(),
  );
}

function send(response: ServerResponse, status: number, type: string, body: string): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}
