import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** A stream of events on a channel of the web application, and the events to have it send. */
export interface EventsCall {
  readonly url: string;
  readonly events: readonly string[];
}

/**
 * Opens the stream, then has one event after the other sent, each only when the one before has arrived.
 *
 * @returns what arrived, by event: the last one is empty when the stream has ended as it should
 */
export async function followEvents({ url, events }: EventsCall): Promise<string[]> {
  const arrived: string[] = [];
  const stream = await send('GET', url);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer, undefined>;
  for (const event of events) {
    await text(await send('POST', url, event));
    let received = '';
    while (!received.endsWith('\n\n')) {
      const { value } = await chunks.next();
      if (value === undefined)
        throw new Error(`the stream ended after ${JSON.stringify([...arrived, received])}`);
      received += value.toString();
    }
    arrived.push(received);
  }
  await text(await send('POST', url));
  const rest: Buffer[] = [];
  for (let next = await chunks.next(); next.value !== undefined; next = await chunks.next()) {
    rest.push(next.value);
  }
  return [...arrived, Buffer.concat(rest).toString()];
}

function send(method: string, url: string, body?: string): Promise<NodeJS.ReadableStream> {
  return new Promise((resolve, reject) => {
    request(url, { method, timeout: 20_000 }, resolve)
      .once('timeout', () => {
        reject(new Error('nothing for twenty seconds'));
      })
      .once('error', reject)
      .end(body);
  });
}
