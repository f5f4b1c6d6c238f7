import { join } from 'node:path';
import type * as Proto from '@culvert/proto';
import { createRequestIdMinter } from '@culvert/traffic/request-id';
import type { RecordedBatch } from './recorded.ts';

/**
 * Batches of frames, which the message format has and the sidecar of the first releases doesn't send: written by the
 * commit's own codec.
 */
export async function madeFrames(directory: string): Promise<RecordedBatch[]> {
  const { Direction, EventKind, TrafficBatch } = (await import(
    join(directory, 'proto/src/index.ts')
  )) as typeof Proto;
  const requestId = createRequestIdMinter()(Date.now());
  const at = { seconds: Math.floor(Date.now() / 1_000), nanos: 0 };
  const batch = TrafficBatch.create({
    schemaVersion: 1,
    agentId: 'released-1',
    bootId: Buffer.alloc(16, 9),
    kind: EventKind.EVENT_KIND_FRAME,
    firstSequence: 1,
    identity: {
      cluster: 'local',
      namespace: 'shop',
      workload: 'Deployment/cart',
      pod: 'cart-1',
      node: 'node-1',
      version: '0.1.0',
      role: 'capture',
    },
    events: [
      {
        requestId,
        event: {
          $case: 'websocket',
          websocket: {
            direction: Direction.DIRECTION_REQUEST,
            opcode: 1,
            fin: true,
            payload: Buffer.from('hello'),
            payloadBytes: 5,
            truncated: false,
            at,
            index: 0,
          },
        },
      },
      {
        requestId,
        event: { $case: 'sse', sse: { event: 'tick', id: '7', data: Buffer.from('{}'), at, index: 1 } },
      },
    ],
  });
  return [
    {
      subject: 'culvert.frame.local.shop.released-1',
      headers: {
        'Culvert-Agent': 'released-1',
        'Culvert-Boot': Buffer.alloc(16, 9).toString('hex'),
        'Culvert-Kind': String(EventKind.EVENT_KIND_FRAME),
        'Culvert-First-Sequence': '1',
        'Culvert-Count': '2',
        'Culvert-Published-At': Date.now().toFixed(3),
      },
      data: Buffer.from(TrafficBatch.encode(batch).finish()).toString('base64'),
    },
  ];
}
