import type { SystemMetricsFeed } from '../live/system-metrics-feed.ts';
import type { TrafficFeed } from '../live/traffic-feed.ts';
import type { DeadLetterOffice } from '../dead-letters/requeue.ts';
import type { RollupLimits } from '../rollups/limits.ts';
import type { Database } from './database.ts';
import type { StreamReader } from './stream-reader.ts';

/** What resolvers work with; the same for all queries. */
export interface QueryContext {
  readonly database: Database;
  readonly stream: StreamReader;
  readonly systemMetrics: SystemMetricsFeed;
  readonly traffic: TrafficFeed;
  readonly deadLetters: DeadLetterOffice;
  /** How long counts are kept. */
  readonly stats: RollupLimits;
  /** How long the statements of a list may take. */
  readonly sqlTimeoutMs: number;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}
