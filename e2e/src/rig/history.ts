import { randomBytes } from 'node:crypto';
import { connect } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import { EventKind, Outcome, TrafficBatch, type TrafficEvent } from '@culvert/proto';
import { formatBatchKey } from '@culvert/traffic/batch-key';
import { createRequestIdMinter } from '@culvert/traffic/request-id';
import { agentSubject } from '@culvert/traffic/subject';

const OWNER = { cluster: 'local', namespace: 'shop', agentId: 'historian' };

/**
 * Publishes exchanges of the past as an agent would, in one batch.
 *
 * @param times Unix times in milliseconds, one for each exchange
 * @returns the ids of the exchanges
 */
export async function publishHistory(natsUrl: string, times: readonly number[]): Promise<readonly string[]> {
  const mint = createRequestIdMinter();
  const ids = times.map((time) => mint(time));
  const boot = randomBytes(16);
  const kind = EventKind.EVENT_KIND_EXCHANGE;
  const payload = TrafficBatch.encode({
    schemaVersion: 1,
    agentId: OWNER.agentId,
    bootId: boot,
    kind,
    firstSequence: 1,
    events: times.map((time, index) => eventOf(ids[index] ?? '', time)),
    identity: {
      ...{
        cluster: OWNER.cluster,
        namespace: OWNER.namespace,
        workload: 'Deployment/history',
        pod: 'history-0',
      },
      ...{ node: 'node-1', version: '0.1.0', role: 'capture' },
    },
  }).finish();
  const key = {
    agentId: OWNER.agentId,
    bootId: boot.toString('hex'),
    kind,
    firstSequence: 1,
    count: ids.length,
  };
  const connection = await connect({ servers: natsUrl });
  await jetstream(connection).publish(agentSubject('exchange', OWNER), payload, {
    msgID: formatBatchKey(key),
  });
  await connection.close();
  return ids;
}

function eventOf(requestId: string, time: number): TrafficEvent {
  const nothing = Buffer.alloc(0);
  const startedAt = { seconds: Math.floor(time / 1000), nanos: Math.floor((time % 1000) * 1e6) };
  const sides = {
    requestTruncated: false,
    responseTruncated: false,
    requestTrailers: [],
    responseTrailers: [],
  };
  const bytes = {
    requestBodyBytes: 0,
    responseBodyBytes: 0,
    requestCapturedBytes: 0,
    responseCapturedBytes: 0,
  };
  return {
    requestId,
    event: {
      $case: 'exchange',
      exchange: {
        request: {
          ...{
            method: 'GET',
            url: Buffer.from('http://shop.local/history'),
            httpVersion: '1.1',
            headers: [],
          },
          ...{ body: nothing, tls: undefined, peerAddress: '10.0.0.1:40000', traceparent: '', replayOf: '' },
          ...{ startedAt, capturedPort: 8080 },
        },
        response: {
          ...{ status: 200, reason: 'OK', httpVersion: '1.1', headers: [], body: nothing, tls: undefined },
          firstByteUs: 900,
          end: { durationUs: 1_200, outcome: Outcome.OUTCOME_COMPLETE, ...sides, ...bytes },
        },
      },
    },
  };
}
