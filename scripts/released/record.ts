import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { jetstream, jetstreamManager, RetentionPolicy } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { startSidecar } from '@culvert/demo/launcher/culvert';
import { startNatsServer } from '@culvert/demo/launcher/nats-server';
import { freePort } from '@culvert/demo/launcher/ports';
import { recorded, type RecordedBatch } from './recorded.ts';

const STREAM = 'RECORDED';
/** Longer than an exchange may stay open without being told in parts. */
const OPEN_MS = 600;

/**
 * Lets a sidecar publish exchanges whole and in parts, bodies and heartbeats, and returns what came.
 *
 * @param sidecar its bundle
 */
export async function recordTraffic(sidecar: string, directory: string): Promise<RecordedBatch[]> {
  const nats = await startNatsServer({ storeDir: join(directory, 'nats'), port: 0 });
  const upstream = createServer((incoming, answer) => {
    incoming.resume();
    const slow = incoming.url?.startsWith('/slow') === true;
    void (async () => {
      if (slow) await delay(OPEN_MS);
      answer.writeHead(slow ? 201 : 200, {
        'Content-Type': 'application/json',
        'Set-Cookie': ['a=1', 'b=2'],
      });
      answer.write('{"items":');
      if (slow) await delay(OPEN_MS);
      answer.end('[1,2,3]}');
    })();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const connection = await connect({ servers: nats.url });
  try {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name: STREAM, subjects: ['culvert.>'], retention: RetentionPolicy.Limits });
    const port = await freePort();
    const process = await startSidecar({
      program: sidecar,
      environment: {
        CULVERT_CAPTURE: `${port}=127.0.0.1:${(upstream.address() as AddressInfo).port}`,
        CULVERT_AGENT_ID: 'released-1',
        CULVERT_NAMESPACE: 'shop',
        CULVERT_WORKLOAD: 'Deployment/cart',
        CULVERT_POD: 'cart-1',
        CULVERT_NODE: 'node-1',
        CULVERT_STATE_DIR: join(directory, 'state'),
        NATS_URL: nats.url,
      },
    });
    await Promise.all([ask(port, '/items?id=1'), ask(port, '/slow/1'), ask(port, '/items', '{"id":7}')]);
    await process.stop();
    return await readAll(connection);
  } finally {
    await connection.close();
    upstream.close();
    await nats.stop();
  }
}

function ask(port: number, path: string, body?: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      { port, path, host: '127.0.0.1', method: body === undefined ? 'GET' : 'POST', agent: false },
      (answer) => {
        answer.resume();
        answer.on('end', resolve);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function readAll(connection: Awaited<ReturnType<typeof connect>>): Promise<RecordedBatch[]> {
  const consumer = await jetstream(connection).consumers.get(STREAM);
  const { num_pending: waiting } = await consumer.info();
  const found: RecordedBatch[] = [];
  if (waiting === 0) throw new Error('the sidecar has published nothing');
  for await (const message of await consumer.fetch({ max_messages: waiting, expires: 5_000 }))
    found.push(recorded(message));
  return found;
}
