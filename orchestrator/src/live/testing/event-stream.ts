import { request, type IncomingMessage } from 'node:http';
import { until } from '../../ingest/testing/rig.ts';

/** A subscription by server-sent events, as a client has it. */
export interface EventStream {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  /** All that came so far. */
  text(): string;
  /** The data of the events so far. */
  data(): readonly unknown[];
  /** Waits until so many events with data have come. */
  events(count: number): Promise<readonly unknown[]>;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
  /** Reads no more, while the server goes on. */
  pause(): void;
  resume(): void;
  leave(): void;
}

/** Asks for a subscription and resolves when its first bytes have come. */
export function openEventStream(
  port: number,
  query: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  return new Promise((resolve, reject) => {
    const asked = request({
      host: '127.0.0.1',
      port,
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    });
    asked.on('error', reject);
    asked.on('response', (response) => {
      let text = '';
      const data = (): unknown[] =>
        [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as unknown);
      const ended = new Promise<void>((end) => response.once('close', end));
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (piece: string) => {
        text += piece;
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: () => text,
          data,
          ended,
          events: async (count) => {
            await until(`${count} events have come`, () => data().length >= count);
            return data();
          },
          pause: () => {
            response.pause();
          },
          resume: () => {
            response.resume();
          },
          leave: () => {
            asked.destroy();
          },
        });
      });
    });
    asked.end(JSON.stringify({ query }));
  });
}
