import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What gauges read at each scrape. */
export interface Measured {
  readonly leads: () => boolean;
  readonly queueDepth: () => number;
  readonly queueActive: () => number;
  readonly queueRetries: () => number;
  /** Objects in memory, by kind. */
  readonly objects: () => Readonly<Record<string, number>>;
  readonly natsConnected: () => boolean;
  readonly heardAgents: () => number;
}

/** The operator's metrics. */
export interface Metrics {
  readonly registry: Registry;
  reconciled(result: 'success' | 'error', seconds: number): void;
  watchBegun(kind: string, reason: string): void;
  documentWritten(operation: 'put' | 'delete'): void;
  statusWritten(): void;
  restarted(kind: string): void;
}

/** Builds the metrics; the gauges among them cost nothing between scrapes. */
export function createMetrics(measured: Measured): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const counter = <L extends string>(name: string, help: string, labelNames: L[]): Counter<L> =>
    new Counter({ name, help, labelNames, registers });
  const gauge = (name: string, help: string, read: () => number): void => {
    registry.registerMetric(
      new Gauge({
        name,
        help,
        registers: [],
        collect() {
          this.set(read());
        },
      }),
    );
  };

  const reconciliations = counter(
    'culvert_operator_reconciliations_total',
    'Namespaces reconciled, by result.',
    ['result'],
  );
  const duration = new Histogram({
    name: 'culvert_operator_reconciliation_duration_seconds',
    help: 'How long the reconciliation of a namespace took.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const watches = counter('culvert_operator_watches_total', 'Watches begun, by kind and why.', [
    'kind',
    'reason',
  ]);
  const documents = counter(
    'culvert_operator_documents_written_total',
    'Writes to the configuration bucket, by operation.',
    ['operation'],
  );
  const statuses = counter('culvert_operator_status_writes_total', 'Statuses of policies written.', []);
  const restarts = counter(
    'culvert_operator_workload_restarts_total',
    'Workloads restarted for a rolloutPolicy, by kind.',
    ['kind'],
  );
  gauge('culvert_operator_leader', '1 while this replica leads.', () => (measured.leads() ? 1 : 0));
  gauge('culvert_operator_queue_depth', 'Namespaces that wait to be reconciled.', measured.queueDepth);
  gauge('culvert_operator_queue_active', 'Namespaces that are being reconciled.', measured.queueActive);
  gauge('culvert_operator_nats_connected', '1 while NATS is connected.', () =>
    measured.natsConnected() ? 1 : 0,
  );
  gauge('culvert_operator_heard_agents', 'Sidecars whose heartbeats are heard.', measured.heardAgents);
  registry.registerMetric(
    new Counter({
      name: 'culvert_operator_queue_retries_total',
      help: 'Times that a namespace came again after a failure.',
      registers: [],
      collect() {
        this.reset();
        this.inc(measured.queueRetries());
      },
    }),
  );
  registry.registerMetric(
    new Gauge({
      name: 'culvert_operator_objects',
      help: 'Objects held in memory, by kind.',
      labelNames: ['kind'],
      registers: [],
      collect() {
        for (const [kind, count] of Object.entries(measured.objects())) this.set({ kind }, count);
      },
    }),
  );
  collectDefaultMetrics({ register: registry });

  return {
    registry,
    reconciled(result, seconds) {
      reconciliations.inc({ result });
      duration.observe(seconds);
    },
    watchBegun: (kind, reason) => {
      watches.inc({ kind, reason });
    },
    documentWritten: (operation) => {
      documents.inc({ operation });
    },
    statusWritten: () => {
      statuses.inc();
    },
    restarted: (kind) => {
      restarts.inc({ kind });
    },
  };
}
