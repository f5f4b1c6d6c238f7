import { randomBytes } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { EventKind, TrafficBatch } from '@culvert/proto';
import { formatBatchKey } from '@culvert/traffic/batch-key';
import { createRequestIdMinter } from '@culvert/traffic/request-id';
import { agentSubject } from '@culvert/traffic/subject';
import type { Bench } from '../context.ts';
import { startNats } from '../rig.ts';
import { makeExchange } from '../suites/ingest/exchanges.ts';
import { prepareByIngester, startIngester } from '../suites/ingest/ingester.ts';
import { publishBatches } from '../suites/ingest/publish.ts';
import { until } from '../until.ts';
import { withClient } from './client.ts';

export const HOUR_MS = 3_600_000;
const AGENT = { cluster: 'east', namespace: 'shop', agentId: 'seed' };

/**
 * Lets ingest run on a database until it has built the indexes that it builds for hours that are over.
 *
 * @param over how many hours are
 */
export async function finishHours(bench: Bench, postgresUrl: string, over: number): Promise<void> {
  const nats = await startNats(bench, 'dataset-indexes');
  const ingester = await startIngester(bench, { postgresUrl, natsUrl: nats.url });
  await until(
    'ingest has built the indexes of all hours that are over',
    () =>
      withClient(postgresUrl, async (client) => {
        if (!ingester.running) throw new Error(ingester.tail());
        const { rows } = await client.query<{ count: number }>(COUNT_INDEXED);
        return (rows[0]?.count ?? 0) >= over;
      }),
    { timeoutMs: 900_000, everyMs: 500 },
  );
  await bench.children.stop(ingester);
  await bench.children.stop(nats);
}

/** Partitions whose URLs can be looked up by their parts. */
const COUNT_INDEXED = `SELECT count(*)::int AS count FROM pg_index
  JOIN pg_class AS indexes ON indexes.oid = indexrelid
  JOIN pg_am ON pg_am.oid = indexes.relam AND amname = 'gin'
  WHERE indisvalid AND indexes.relname ~ '^http_transactions_\\d+_url$'`;

/**
 * Lets the product itself make its tables and one partition for each hour: ingest is sent an exchange of every hour,
 * which are deleted again.
 *
 * @param hours the beginnings of the hours, Unix times in milliseconds
 */
export async function makeHours(bench: Bench, postgresUrl: string, hours: readonly number[]): Promise<void> {
  const nats = await startNats(bench, 'dataset');
  const addresses = { postgresUrl, natsUrl: nats.url };
  await prepareByIngester(bench, addresses);
  const ingester = await startIngester(bench, addresses);
  const connection = await connect({ servers: nats.url });
  await publishBatches(connection, [batchOf(hours)]);
  await connection.close();
  await until(
    'ingest has stored an exchange of every hour',
    () =>
      withClient(postgresUrl, async (client) => {
        const { rows } = await client.query<{ count: number }>(
          'SELECT count(*)::int AS count FROM culvert.http_transactions',
        );
        return rows[0]?.count === hours.length;
      }),
    { timeoutMs: 60_000, everyMs: 100 },
  );
  await bench.children.stop(ingester);
  await bench.children.stop(nats);
}

function batchOf(
  hours: readonly number[],
): Parameters<typeof publishBatches>[1] extends Iterable<infer B> ? B : never {
  const mint = createRequestIdMinter();
  // The last hour may have just begun: its exchange happens in its first moment.
  const events = hours.map((hour, index) => makeExchange(index + 1, mint(hour), hour).first);
  const boot = randomBytes(16);
  const kind = EventKind.EVENT_KIND_EXCHANGE;
  const key = {
    agentId: AGENT.agentId,
    bootId: boot.toString('hex'),
    kind,
    firstSequence: 1,
    count: events.length,
  };
  const identity = {
    ...{ cluster: AGENT.cluster, namespace: AGENT.namespace, workload: 'Deployment/seed', pod: 'seed' },
    ...{ node: 'node', version: '0.1.0', role: 'capture' },
  };
  const batch = {
    schemaVersion: 1,
    agentId: AGENT.agentId,
    bootId: boot,
    kind,
    firstSequence: 1,
    events,
    identity,
  };
  return {
    key,
    messageId: formatBatchKey(key),
    subject: agentSubject('exchange', AGENT),
    payload: TrafficBatch.encode(batch).finish(),
  };
}
