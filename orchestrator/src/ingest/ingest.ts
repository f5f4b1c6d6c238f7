import { jetstream, jetstreamManager, type Consumer } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { EventKind } from '@culvert/proto';
import type pg from 'pg';
import type { Registry } from 'prom-client';
import type { Check } from '@culvert/runtime/admin';
import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { noTracing, type Tracing } from '@culvert/runtime/tracing/tracing';
import { startRollups } from '../rollups/rollups.ts';
import { startIndexKeeper } from '../store/indexes/index-keeper.ts';
import { startPartitions } from '../store/partitions.ts';
import { startRetention, type RetentionReport } from '../store/retention/retention.ts';
import { createBatchBudget, traceWork } from './batch-spans.ts';
import { createHeartbeatWork, weighHeartbeat } from './heartbeats/heartbeats.ts';
import type { IngestLimits } from './limits.ts';
import { createIngestMetrics } from './metrics.ts';
import { startLane, type Lane, type LaneOptions } from './pull/lane.ts';
import { createStreamKeeper, readLag } from './pull/stream-keeper.ts';
import { createWorkState, watchConnection, type WorkState } from './pull/state.ts';
import { CONSUMERS, type SharedConsumer } from './pull/streams.ts';
import { createTrafficWork, weighBatch } from './traffic.ts';
import { createUpkeepMetrics } from './upkeep-metrics.ts';
import { reportUpkeep, type UpkeepFaults, type UpkeepReport } from './upkeep.ts';

/** What ingest needs. The pool must allow at least eight connections. */
export interface IngestOptions {
  readonly pool: pg.Pool;
  readonly nats: NatsConnection;
  readonly clock: Clock;
  readonly log: Logger;
  readonly registry: Registry;
  readonly limits: IngestLimits;
  readonly tracing?: Tracing;
}

/** Running ingest. */
export interface Ingest {
  /** Stops pulling, then finishes and acknowledges the transactions that run. */
  stop(): Promise<void>;
  /** For readiness: says when batches can't be pulled or committed. */
  readonly checks: readonly Check[];
  /** What is kept. */
  retention(): RetentionReport;
  /** How the work beside storing does. */
  upkeep(): UpkeepReport;
}

/** How many lanes share a consumer: while one waits for a commit, the other one reads. */
const TRAFFIC_LANES = [
  { label: 'exchange', kind: EventKind.EVENT_KIND_EXCHANGE, consumer: CONSUMERS.exchange, lanes: 2 },
  { label: 'body', kind: EventKind.EVENT_KIND_BODY, consumer: CONSUMERS.body, lanes: 2 },
  { label: 'frame', kind: EventKind.EVENT_KIND_FRAME, consumer: CONSUMERS.frame, lanes: 1 },
] as const;
const SET_BYTES = 8 * 1024 * 1024;
const HEARTBEATS_A_SET = 500;

/**
 * Moves what agents published from JetStream to Postgres. Returns at once; NATS and Postgres may be away now or at
 * any time, and work resumes by itself when they are back.
 */
export function startIngest(options: IngestOptions): Promise<Ingest> {
  const { pool, nats, clock, log, registry, limits, tracing = noTracing } = options;
  const keeper = createStreamKeeper(() => jetstreamManager(nats), limits);
  const metrics = createIngestMetrics(registry, () => readLag(nats));
  const partitions = startPartitions({ pool, clock, log, registry, acceptedPastMs: limits.acceptedPastMs });
  const rollups = startRollups({ pool, clock, log, registry, limits });
  const retention = startRetention({ pool, clock, log, registry, limits });
  const indexes = startIndexKeeper({ pool, clock, log, registry });
  const upkeep: UpkeepFaults = {
    partitions: () => partitions.fault(),
    rollups: () => rollups.fault(),
    retention: () => retention.report().problem,
    indexes: () => indexes.fault(),
  };
  createUpkeepMetrics(upkeep, registry);
  const connection = watchConnection(nats);
  const gather = { weight: limits.transactionEvents, bytes: SET_BYTES, waitMs: limits.transactionMs };
  const budget = createBatchBudget();
  const states: WorkState[] = [];
  const createStates = (
    label: string,
  ): Pick<LaneOptions<never>, 'pulling' | 'committing' | 'extendMs' | 'onFault'> => {
    const pulling = createWorkState(label, `pull ${label} batches from JetStream`, log, 'not tried yet');
    const committing = createWorkState(label, `commit ${label} batches to Postgres`, log);
    states.push(pulling, committing);
    const onFault = (error: unknown, messages: number): void => {
      metrics.faults.inc({ kind: label });
      log.error(
        { part: label, messages, err: error },
        'a fault of this program: what it concerns is stored message by message, or becomes dead letters',
      );
    };
    return { pulling, committing, extendMs: limits.ackWaitMs / 3, onFault };
  };
  const opener = (consumer: SharedConsumer) => async (): Promise<Consumer> => {
    await keeper.ensure();
    return jetstream(nats).consumers.get(consumer.stream, consumer.name);
  };

  const lanes: Lane[] = TRAFFIC_LANES.flatMap(({ label, kind, consumer, lanes: count }) => {
    const shared = createStates(label);
    return Array.from({ length: count }, () =>
      startLane({
        ...shared,
        ...traceWork(
          createTrafficWork({
            label,
            kind,
            pool,
            partitions,
            clock,
            log,
            limits,
            metrics,
            folds: rollups.folds,
          }),
          {
            tracing,
            clock,
            budget,
            label,
            consumer: consumer.name,
          },
        ),
        open: opener(consumer),
        gather,
        weigh: weighBatch,
      }),
    );
  });
  lanes.push(
    startLane({
      ...createStates('metrics'),
      ...createHeartbeatWork({ pool, partitions, clock, log, limits, metrics, nats }),
      open: opener(CONSUMERS.metrics),
      gather: { ...gather, weight: HEARTBEATS_A_SET },
      weigh: weighHeartbeat,
    }),
  );

  return Promise.resolve({
    async stop() {
      await Promise.all(lanes.map((lane) => lane.stop()));
      await rollups.stop();
      await retention.stop();
      await indexes.stop();
      await partitions.stop();
      connection.stop();
      // The last acknowledgements are still on their way.
      if (connection.check.run() === undefined) await nats.flush().catch(() => undefined);
    },
    retention: () => retention.report(),
    upkeep: () => reportUpkeep(upkeep),
    checks: [
      connection.check,
      {
        name: 'ingest',
        run: () => states.map((state) => state.fault()).find((fault) => fault !== undefined),
      },
    ],
  });
}
