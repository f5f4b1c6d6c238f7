import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import { createDeadLetterOffice } from './dead-letters/requeue.ts';
import { ingestLimits, tokenRequired, type Config } from './config.ts';
import type { HealthReport } from './health/report.ts';
import { startApiServer, type ApiServer } from './http/server.ts';
import { createTokenCheck, loadToken } from './http/token.ts';
import type { NatsLink } from './nats-link.ts';
import { createLiveMetrics } from './live/live-metrics.ts';
import { createSystemMetricsFeed } from './live/system-metrics-feed.ts';
import { createTrafficFeed } from './live/traffic-feed.ts';
import { liveLimits } from './live-settings.ts';
import { createDatabase } from './query/database.ts';
import { createGraphql } from './query/graphql.ts';
import { createOperationMetrics } from './query/operation-metrics.ts';
import { traceOperations } from './query/operation-tracing.ts';
import { buildSchema } from './query/schema.ts';
import { createStreamReader } from './query/stream-reader.ts';

export type Api = ApiServer;

/** What {@link startApi} works with. */
export interface ApiParts {
  readonly pool: pg.Pool;
  readonly link: NatsLink;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly tracing: Tracing;
  readonly health: () => Promise<HealthReport>;
}

/** Starts GraphQL and REST. @throws Error when the port is taken or the token can't be read */
export async function startApi(config: Config, parts: ApiParts): Promise<Api> {
  const { log } = parts;
  const checkToken = tokenRequired(config) ? await tokenCheck(config, log) : undefined;
  const live = {
    connected: parts.link.connected,
    now: () => parts.clock.now(),
    accepted: ingestLimits(config),
    limits: liveLimits(config),
    metrics: createLiveMetrics(parts.registry),
    log,
  };
  const systemMetrics = createSystemMetricsFeed(live);
  const traffic = createTrafficFeed(live);
  const graphql = createGraphql({
    schema: buildSchema(),
    context: {
      database: createDatabase(parts.pool, ({ sql, milliseconds }) => {
        log.debug({ sql, ms: Math.round(milliseconds) }, 'statement ran');
      }),
      stream: createStreamReader(
        () => parts.link.current(),
        (error) => {
          log.warn({ err: error }, 'the stream could not be asked');
        },
      ),
      systemMetrics,
      traffic,
      deadLetters: createDeadLetterOffice({
        pool: parts.pool,
        connection: () => parts.link.current(),
        now: () => parts.clock.now(),
        log,
      }),
      stats: config,
      sqlTimeoutMs: config.sqlTimeoutMs,
      now: () => parts.clock.now(),
    },
    log,
    metrics: createOperationMetrics(parts.registry),
    limits: {
      maxDepth: config.queryDepth,
      maxCost: config.queryCost,
      maxAliases: config.queryAliases,
      maxTokens: config.queryTokens,
      maxAnswerBytes: config.maxAnswerBytes,
      introspection: config.introspection,
      sqlTimeoutMs: config.sqlTimeoutMs,
    },
  });
  const server = await startApiServer({
    host: config.host,
    port: config.port,
    guard: { allowedHosts: config.allowedHosts, checkToken },
    graphql: traceOperations(graphql, parts.tracing),
    tracing: parts.tracing,
    graphiql: config.graphiql,
    limits: config,
    health: parts.health,
    maxRequestBytes: config.maxRequestBytes,
    requestTimeoutMs: config.requestTimeoutMs,
    log,
    registry: parts.registry,
  });
  return {
    ...server,
    stopAccepting: () => {
      const stopped = server.stopAccepting();
      // What would go on for ever ends now, so that it need not be cut off. WebSockets are being closed already:
      // their clients go on elsewhere, while a subscription that was completed would be over for them.
      systemMetrics.stop();
      traffic.stop();
      return stopped;
    },
  };
}

async function tokenCheck(config: Config, log: Logger): Promise<(header: string | undefined) => boolean> {
  const token = await loadToken(config);
  if (token.file !== undefined) log.info({ file: token.file }, 'requests need the token in this file');
  return createTokenCheck(token.value);
}
