import { Registry } from 'prom-client';
import type { Logger } from '@culvert/runtime/log';
import type { DeadLetterOffice } from '../dead-letters/requeue.ts';
import { createDatabase } from '../query/database.ts';
import { createGraphql, type Graphql } from '../query/graphql.ts';
import { createBoundedQueue } from '../live/bounded-queue.ts';
import type { TrafficFeed } from '../live/traffic-feed.ts';
import { createOperationMetrics } from '../query/operation-metrics.ts';
import type { QueryLimits } from '../query/query-limits.ts';
import { DEFAULT_ROLLUP_LIMITS } from '../rollups/limits.ts';
import { buildSchema } from '../query/schema.ts';
import type { SystemMetricsFeed } from '../live/system-metrics-feed.ts';
import type { StreamReader } from '../query/stream-reader.ts';
import { FIRST_HOUR, silent } from './store.ts';
import type pg from 'pg';

/** GraphQL over a pool, asked as a client would ask it. */
export interface TestGraphql {
  readonly graphql: Graphql;
  readonly registry: Registry;
  /** The statements of the last query. */
  readonly statements: string[];
  /** What the clock says, in Unix milliseconds. */
  now: number;
  /** Sends a query and returns the whole answer. */
  ask<T>(query: string, variables?: Readonly<Record<string, unknown>>): Promise<Answer<T>>;
}

/** An answer as GraphQL clients read it. */
export interface Answer<T> {
  readonly data: T;
  readonly errors?: readonly {
    readonly message: string;
    readonly extensions?: { readonly code?: string; readonly id?: string };
  }[];
}

/** The defaults. */
export const TEST_LIMITS: QueryLimits = {
  maxDepth: 12,
  maxCost: 10_000,
  maxAliases: 30,
  maxTokens: 2_000,
  maxAnswerBytes: 64 * 1024 ** 2,
  introspection: true,
  sqlTimeoutMs: 2_000,
};

/** A stream that can't be asked, as while NATS is away. */
export const unknownStream: StreamReader = {
  heldSubjects: () => Promise.resolve(undefined),
  oldestBoot: () => Promise.resolve(undefined),
};

/** A feed that brings nothing, as while NATS is away. */
const silentFeed: SystemMetricsFeed & TrafficFeed = {
  follow: () =>
    createBoundedQueue<never>({
      most: { values: 1, bytes: 1 },
      weigh: () => 1,
      onDropped: () => undefined,
      onEnded: () => undefined,
    }),
  stop: () => undefined,
};

/** Sends nothing back, as while NATS is away. */
const closedOffice: DeadLetterOffice = {
  requeue: () => Promise.resolve({ unavailable: 'NATS is away' }),
};

/** Puts the real schema on a pool. */
export function createTestGraphql(
  pool: pg.Pool,
  options: {
    readonly log?: Logger;
    readonly stream?: StreamReader;
    readonly systemMetrics?: SystemMetricsFeed;
    readonly traffic?: TrafficFeed;
    readonly deadLetters?: DeadLetterOffice;
    readonly limits?: Partial<QueryLimits>;
    readonly sqlTimeoutMs?: number;
  } = {},
): TestGraphql {
  const statements: string[] = [];
  const registry = new Registry();
  const test: TestGraphql = {
    registry,
    statements,
    now: FIRST_HOUR + 10_000,
    graphql: createGraphql({
      schema: buildSchema(),
      context: {
        database: createDatabase(pool, ({ sql }) => statements.push(sql)),
        stream: options.stream ?? unknownStream,
        systemMetrics: options.systemMetrics ?? silentFeed,
        traffic: options.traffic ?? silentFeed,
        deadLetters: options.deadLetters ?? closedOffice,
        stats: DEFAULT_ROLLUP_LIMITS,
        sqlTimeoutMs: options.sqlTimeoutMs ?? 2_000,
        now: () => test.now,
      },
      log: options.log ?? silent,
      metrics: createOperationMetrics(registry),
      limits: { ...TEST_LIMITS, ...options.limits },
    }),
    ask: async <T>(query: string, variables?: Readonly<Record<string, unknown>>) => {
      statements.length = 0;
      const prepared = test.graphql.prepare({ query, variables });
      const answer = prepared.kind === 'refused' ? prepared : await test.graphql.execute(prepared.args);
      return JSON.parse(JSON.stringify({ ...answer, kind: undefined })) as Answer<T>;
    },
  };
  return test;
}
