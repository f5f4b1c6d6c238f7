import { Registry } from 'prom-client';
import type { Books, KindBooks } from '../books/books.ts';
import { addConfigurationMetrics, type MeasuredConfiguration } from './configuration-metrics.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { metricsIn, type Source } from './register.ts';

/** What the metrics read at each scrape. */
export interface Measured {
  /** The books up to date. */
  readonly books: () => Books;
  /** Bytes of encoded events that wait for NATS. */
  readonly spoolBytes: () => number;
  /** Bytes of open exchanges in memory. */
  readonly heldBytes: () => number;
  readonly unacknowledgedBatches: () => number;
  readonly natsConnected: () => boolean;
  readonly connections: () => number;
  readonly configuration: MeasuredConfiguration;
  /** Faults of our own code, by the place where they were stopped. */
  readonly faults: ReadonlyMap<string, number>;
  /** Ports, as the application knows them, whose capture a fault turned off. */
  readonly portsOff: () => readonly number[];
  readonly now: () => number;
}

/** All metrics of a sidecar. They cost nothing between scrapes: the books are read when asked. */
export function createMetrics(measured: Measured): Registry {
  const registry = new Registry();
  const books = measured.books();
  const kinds: readonly (readonly [string, KindBooks])[] = [
    ['exchange', books.exchange],
    ['body', books.body],
  ];
  const { counter, gauge } = metricsIn(registry);
  const byKind = (read: (kind: KindBooks) => number): Source => {
    return (metric) => {
      for (const [kind, of] of kinds) metric.inc({ kind }, read(of));
    };
  };
  counter('culvert_connections_total', 'Connections accepted on captured ports.', [], (metric) => {
    // Of all metrics this one is read first: it brings the books up to date for the others.
    metric.inc(measured.books().connections);
  });
  counter(
    'culvert_opaque_connections_total',
    'Connections that were forwarded unread.',
    ['reason'],
    (metric) => {
      for (const [reason, value] of books.opaque) metric.inc({ reason }, value);
    },
  );
  counter(
    'culvert_captured_total',
    'Exchanges and body chunks captured.',
    ['kind'],
    byKind((kind) => kind.captured),
  );
  counter(
    'culvert_published_total',
    'Exchanges and body chunks handed to NATS.',
    ['kind'],
    byKind((kind) => kind.published),
  );
  counter(
    'culvert_acknowledged_total',
    'Exchanges and body chunks acknowledged by the stream.',
    ['kind'],
    byKind((kind) => kind.acknowledged),
  );
  counter(
    'culvert_sampled_out_total',
    'Exchanges and body chunks left out by sampling.',
    ['kind'],
    byKind((kind) => kind.sampledOut),
  );
  counter(
    'culvert_excluded_total',
    'Exchanges and body chunks left out by policy, by reason.',
    ['kind', 'reason'],
    (metric) => {
      for (const [kind, of] of kinds)
        for (const [reason, value] of of.excluded) metric.inc({ kind, reason }, value);
    },
  );
  counter('culvert_redaction_withheld_total', 'Heads withheld because redaction failed.', [], (metric) => {
    metric.inc(books.exchange.redactionWithheld);
  });
  counter('culvert_truncated_exchanges_total', 'Exchanges with a body beyond the limit.', [], (metric) => {
    metric.inc(books.exchange.truncated);
  });
  counter(
    'culvert_dropped_total',
    'Exchanges and body chunks captured and lost, by reason.',
    ['kind', 'reason'],
    (metric) => {
      for (const [kind, of] of kinds)
        for (const [reason, value] of of.dropped) metric.inc({ kind, reason }, value);
    },
  );
  gauge('culvert_open_exchanges', 'Exchanges that have not ended.', [], (metric) =>
    metric.inc(books.exchange.open),
  );
  gauge(
    'culvert_spooled',
    'Events that wait to be published.',
    ['kind'],
    byKind((kind) => kind.spooled),
  );
  gauge('culvert_spool_bytes', 'Memory of the spool, unacknowledged batches included.', [], (metric) => {
    metric.inc(measured.spoolBytes());
  });
  gauge('culvert_held_bytes', 'Memory of open exchanges.', [], (metric) => metric.inc(measured.heldBytes()));
  gauge('culvert_unacknowledged_batches', 'Batches in flight.', [], (metric) => {
    metric.inc(measured.unacknowledgedBatches());
  });
  gauge('culvert_open_connections', 'Connections that pass through now.', [], (metric) => {
    metric.inc(measured.connections());
  });
  counter(
    'culvert_faults_total',
    'Faults of the sidecar itself that were contained, by place; each is in the log.',
    ['place'],
    (metric) => {
      for (const [place, value] of measured.faults) metric.inc({ place }, value);
    },
  );
  gauge(
    'culvert_capture_off',
    '1 for each port whose traffic passes unread after a fault, until the sidecar is restarted.',
    ['port'],
    (metric) => {
      for (const port of measured.portsOff()) metric.inc({ port }, 1);
    },
  );
  addConfigurationMetrics(registry, measured.configuration, measured.now);
  addProcessMetrics(registry, measured.natsConnected);
  return registry;
}
