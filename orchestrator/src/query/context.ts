import type { SystemMetricsFeed } from '../live/system-metrics-feed.ts';
import type { TrafficFeed } from '../live/traffic-feed.ts';
import type { DeadLetterOffice } from '../dead-letters/requeue.ts';
import type { RollupLimits } from '../rollups/limits.ts';
import type { AnswerBudget } from './answer-budget.ts';
import type { Database } from './database.ts';
import type { StreamReader } from './stream-reader.ts';

/** What resolvers work with. */
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
  /** How large the answer may become: the only part that is each operation's own. */
  readonly answer: AnswerBudget;
  /** Unix time in milliseconds. */
  readonly now: () => number;
}
