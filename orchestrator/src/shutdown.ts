import type pg from 'pg';
import type { AdminServer } from '@culvert/runtime/admin';
import type { ShutdownStep } from '@culvert/runtime/lifecycle';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import type { ApiServer } from './http/server.ts';
import type { IngestRole } from './ingest-role.ts';
import type { NatsLink } from './nats-link.ts';
import type { Policies } from './policies/policies.ts';

/** What has to end. Parts that are undefined never began. */
export interface ShutdownParts {
  /** Tells readiness and whatever still waits to begin. */
  readonly notify: () => void;
  readonly api: Pick<ApiServer, 'stopAccepting' | 'terminate'> | undefined;
  readonly ingest: Pick<IngestRole, 'stop'> | undefined;
  readonly policies?: Pick<Policies, 'stop'> | undefined;
  readonly link: Pick<NatsLink, 'close'>;
  readonly pools: readonly Pick<pg.Pool, 'end'>[];
  readonly tracing?: Pick<Tracing, 'on' | 'close'> | undefined;
  readonly admin: Pick<AdminServer, 'close'> | undefined;
  /** How long requests that are being answered may take. */
  readonly requestTimeoutMs: number;
}

/**
 * The steps of an orderly end: components are told, no request is accepted any more, active ones are waited for and
 * cut off when they take too long, then their connections are closed; what ingest holds is flushed; the database is
 * closed last.
 *
 * NATS is left after the flush, because what has been committed is acknowledged over it; unacknowledged it would be
 * delivered again.
 */
export function shutdownSteps(parts: ShutdownParts): ShutdownStep[] {
  let answered: Promise<void> = Promise.resolve();
  return [
    { name: 'notify components', timeoutMs: 1_000, run: parts.notify },
    {
      name: 'stop accepting requests',
      timeoutMs: 1_000,
      run: () => {
        answered = parts.api?.stopAccepting() ?? Promise.resolve();
      },
    },
    {
      name: 'wait for active requests',
      timeoutMs: parts.requestTimeoutMs,
      run: () => answered,
    },
    {
      name: 'close connections',
      timeoutMs: 1_000,
      run: () => {
        parts.api?.terminate();
      },
    },
    { name: 'flush ingest', timeoutMs: 15_000, run: () => parts.ingest?.stop() },
    ...(parts.policies === undefined
      ? []
      : [{ name: 'end writing of documents', timeoutMs: 2_000, run: () => parts.policies?.stop() }]),
    { name: 'close NATS', timeoutMs: 2_000, run: () => parts.link.close() },
    {
      name: 'close Postgres',
      timeoutMs: 5_000,
      run: async () => {
        await Promise.all(parts.pools.map((pool) => pool.end()));
      },
    },
    ...(parts.tracing?.on === true
      ? [{ name: 'send spans', timeoutMs: 5_000, run: () => parts.tracing?.close() }]
      : []),
    { name: 'close metrics and health', timeoutMs: 1_000, run: () => parts.admin?.close() },
  ];
}
