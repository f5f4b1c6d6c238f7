import type { NatsConnection } from '@nats-io/transport-node';
import { runChecks } from '@culvert/runtime/admin';
import type { Logger } from '@culvert/runtime/log';
import type { Dependency } from './health/report.ts';
import type { Ingest } from './ingest/ingest.ts';
import type { UpkeepReport } from './ingest/upkeep.ts';
import { reasonOf } from './reason.ts';
import type { RetentionReport } from './store/retention/retention.ts';

/** Ingest, from before it can start until it has ended. */
export interface IngestRole {
  readonly dependency: Dependency;
  /** What is kept; undefined before ingest has started. */
  retention(): RetentionReport | undefined;
  /** How the work beside storing does; undefined before ingest has started. */
  upkeep(): UpkeepReport | undefined;
  /** Commits and acknowledges what is under way. */
  stop(): Promise<void>;
}

/**
 * Starts ingest as soon as there are tables and a connection to NATS.
 *
 * @param start begins to pull on a connection
 */
export function startIngestRole(options: {
  readonly storePrepared: Promise<void>;
  readonly connected: Promise<NatsConnection>;
  readonly start: (nats: NatsConnection) => Promise<Ingest>;
  readonly log: Logger;
}): IngestRole {
  let stopping = false;
  let ingest: Ingest | undefined;
  let problem = 'ingest waits for Postgres and NATS';
  const started = (async () => {
    await options.storePrepared;
    const nats = await options.connected;
    if (stopping) return;
    ingest = await options.start(nats);
  })();
  started.catch((error: unknown) => {
    if (stopping) return;
    problem = `ingest could not start: ${reasonOf(error)}`;
    options.log.error({ err: error }, 'ingest could not start');
  });
  return {
    dependency: {
      name: 'ingest',
      probe: async () => {
        if (ingest === undefined) return { problem };
        const { checks } = await runChecks(ingest.checks);
        const failed = Object.values(checks).find((check) => check.status !== 'ok');
        return { problem: failed?.message };
      },
    },
    retention: () => ingest?.retention(),
    upkeep: () => ingest?.upkeep(),
    stop: async () => {
      stopping = true;
      await ingest?.stop();
    },
  };
}
