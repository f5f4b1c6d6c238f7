import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { DEAD_LETTER_REASONS } from './dead-letter.ts';

/** What ingest counts and measures. Labels: `kind` is exchange, body, frame or metrics. */
export interface IngestMetrics {
  readonly batches: Counter<'kind'>;
  readonly bytes: Counter<'kind'>;
  readonly events: Counter<'kind'>;
  readonly rows: Counter<'table'>;
  readonly duplicates: Counter<'kind'>;
  readonly deadLetters: Counter<'kind' | 'reason'>;
  readonly transactions: Histogram<'kind'>;
  readonly failures: Counter<'kind'>;
  readonly faults: Counter<'kind'>;
  readonly commitAge: Histogram<'kind'>;
  readonly bisections: Counter<'kind'>;
}

/** Consumers' backlogs, asked for when metrics are scraped. */
export type ReadLag = () => Promise<readonly { readonly kind: string; readonly messages: number }[]>;

/** Registers the metrics of ingest. */
export function createIngestMetrics(registry: Registry, readLag: ReadLag): IngestMetrics {
  const registers = [registry];
  new Gauge({
    name: 'culvert_ingest_lag_batches',
    help: 'Batches in the stream that are not committed yet, delivered ones included.',
    labelNames: ['kind'],
    registers,
    async collect() {
      this.reset();
      // Without NATS there is no number; the other metrics must not fail for it.
      for (const { kind, messages } of await readLag().catch(() => [])) this.set({ kind }, messages);
    },
  });
  const count = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name: `culvert_ingest_${name}_total`, help, labelNames, registers });
  const metrics: IngestMetrics = {
    batches: count('batches', 'Batches committed, repeated ones not included.', ['kind']),
    bytes: count('bytes', 'Bytes of committed batches.', ['kind']),
    events: count('events', 'Events of committed batches.', ['kind']),
    rows: count('rows', 'Rows written, those that updated another one included.', ['table']),
    duplicates: count('duplicate_batches', 'Batches discarded because they had been committed before.', [
      'kind',
    ]),
    deadLetters: count('dead_letters', 'Dead letters written.', ['kind', 'reason']),
    failures: count('failed_transactions', 'Transactions that failed and were tried again.', ['kind']),
    faults: count(
      'faults',
      'Sets of messages that a fault of this program kept from being stored as a whole; they are stored message by message.',
      ['kind'],
    ),
    bisections: count('bisections', 'Times that a refused set was cut in two.', ['kind']),
    transactions: new Histogram({
      name: 'culvert_ingest_transaction_duration_seconds',
      help: 'From the beginning of a transaction to its commit.',
      labelNames: ['kind'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    }),
    commitAge: new Histogram({
      name: 'culvert_ingest_commit_age_seconds',
      help: 'From when the agent published a batch to its commit.',
      labelNames: ['kind'],
      buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 3600],
      registers,
    }),
  };
  begin(metrics);
  return metrics;
}

const KINDS = ['exchange', 'body', 'frame', 'metrics'];
const TABLES = ['http_transactions', 'http_bodies', 'websocket_frames'];

/** Lets all series begin at 0: of one that begins with its first event, no rate tells of that event. */
function begin(metrics: IngestMetrics): void {
  const { batches, bytes, events, duplicates, failures, faults, bisections } = metrics;
  for (const kind of KINDS) {
    for (const counter of [batches, bytes, events, duplicates, failures, faults, bisections])
      counter.inc({ kind }, 0);
    for (const histogram of [metrics.transactions, metrics.commitAge]) histogram.zero({ kind });
    for (const reason of DEAD_LETTER_REASONS) metrics.deadLetters.inc({ kind, reason }, 0);
  }
  for (const table of TABLES) metrics.rows.inc({ table }, 0);
}
