import { Registry } from 'prom-client';
import type { Logger } from '@culvert/runtime/log';
import type { DeadLetterOffice } from '../dead-letters/requeue.ts';
import { createDatabase } from '../query/database.ts';
import { createGraphql, type Graphql } from '../query/graphql.ts';
import { createBoundedQueue } from '../live/bounded-queue.ts';
import { createOperationMetrics } from '../query/operation-metrics.ts';
import type { QueryLimits } from '../query/query-limits.ts';
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

/** A stream that can't be asked, as while NATS is away. */
export const unknownStream: StreamReader = {
  heldSubjects: () => Promise.resolve(undefined),
  oldestBoot: () => Promise.resolve(undefined),
};

/** A feed that brings nothing, as while NATS is away. */
const silentFeed: SystemMetricsFeed = {
  follow: () =>
    createBoundedQueue(
      1,
      () => undefined,
      () => undefined,
    ),
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
    readonly deadLetters?: DeadLetterOffice;
    readonly limits?: Partial<QueryLimits>;
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
        deadLetters: options.deadLetters ?? closedOffice,
        now: () => test.now,
      },
      log: options.log ?? silent,
      metrics: createOperationMetrics(registry),
      limits: { maxDepth: 12, maxCost: 10_000, maxAliases: 30, introspection: true, ...options.limits },
    }),
    ask: async <T>(query: string, variables?: Readonly<Record<string, unknown>>) => {
      statements.length = 0;
      const response = await test.graphql.fetch('http://test/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer<T>;
    },
  };
  return test;
}
