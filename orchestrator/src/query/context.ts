import type { SystemMetricsFeed } from '../live/system-metrics-feed.ts';
import type { Database } from './database.ts';
import type { StreamReader } from './stream-reader.ts';

/** What resolvers work with; the same for all queries. */
export interface QueryContext {
  readonly database: Database;
  readonly stream: StreamReader;
  readonly systemMetrics: SystemMetricsFeed;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}
