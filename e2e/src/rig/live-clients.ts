import { spawn } from 'node:child_process';
import { createClient as createEventClient } from 'graphql-sse';
import { createClient as createSocketClient, type Client } from 'graphql-ws';
import type { Page } from './browser.ts';

/** Somebody who follows traffic with a client that people use. */
export interface Follower {
  readonly name: string;
  /** The updates so far, as their JSON says. */
  readonly updates: () => Promise<readonly unknown[]>;
  /** Whether the server has ended it, and how. */
  readonly ended: () => Promise<string | undefined>;
  readonly leave: () => Promise<void>;
}

/** By WebSocket, with `graphql-ws`. */
export function followBySocket(apiUrl: string, query: string): Follower {
  const closes: number[] = [];
  const client: Client = createSocketClient({
    url: `${apiUrl.replace(/^http/, 'ws')}/graphql`,
    retryAttempts: 0,
    on: {
      closed: (event) => {
        closes.push((event as { code: number }).code);
      },
    },
  });
  return gathered(`graphql-ws at ${apiUrl}`, client.iterate({ query }), {
    ended: () => (closes[0] === undefined ? undefined : `closed with ${closes[0]}`),
    leave: async () => {
      await client.dispose();
    },
  });
}

/** By server-sent events, with `graphql-sse`. */
export function followByEvents(apiUrl: string, query: string): Follower {
  const client = createEventClient({ url: `${apiUrl}/graphql`, retryAttempts: 0 });
  return gathered(`graphql-sse at ${apiUrl}`, client.iterate({ query }), {
    leave: () => {
      client.dispose();
      return Promise.resolve();
    },
  });
}

/** By server-sent events, with curl. */
export function followByCurl(apiUrl: string, query: string): Follower {
  let text = '';
  const curl = spawn(
    'curl',
    [
      '--silent',
      '--no-buffer',
      '--get',
      '--header',
      'Accept: text/event-stream',
      '--data-urlencode',
      `query=${query}`,
      `${apiUrl}/graphql`,
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  curl.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const exited = new Promise<number | null>((resolve, reject) => {
    curl.once('error', reject);
    curl.once('close', resolve);
  });
  let exit: string | undefined;
  exited.then(
    (code) =>
      (exit = code === 0 && text.endsWith('event: complete\ndata:\n\n') ? 'completed' : `exit ${code}`),
    (error: unknown) => (exit = String(error)),
  );
  return {
    name: `curl at ${apiUrl}`,
    updates: () =>
      Promise.resolve(
        [...text.matchAll(/^event: next\ndata: (.*)$/gm)].map(([, json = '']) => JSON.parse(json) as unknown),
      ),
    ended: () => Promise.resolve(exit),
    leave: async () => {
      curl.kill();
      await exited;
    },
  };
}

/** By `EventSource`, in a page of the server's own origin. */
export async function followByEventSource(page: Page, query: string): Promise<Follower> {
  await page.evaluate(`new Promise((opened, failed) => {
    window.updates = [];
    const source = new EventSource('/graphql?query=' + encodeURIComponent(${JSON.stringify(query)}));
    source.addEventListener('next', ({ data }) => window.updates.push(JSON.parse(data)));
    source.addEventListener('complete', () => { window.ended = 'completed'; source.close(); });
    source.onopen = () => opened();
    source.onerror = () => failed(new Error('not opened'));
    window.source = source;
  })`);
  return {
    name: 'EventSource',
    updates: () => page.evaluate('window.updates'),
    ended: () => page.evaluate('window.ended'),
    leave: () => page.evaluate('window.source.close()'),
  };
}

function gathered(
  name: string,
  results: AsyncIterable<unknown>,
  more: { readonly ended?: () => string | undefined; readonly leave: () => Promise<void> },
): Follower {
  const updates: unknown[] = [];
  let end: string | undefined;
  const gather = async (): Promise<void> => {
    for await (const update of results) updates.push(update);
  };
  gather().then(
    () => (end = 'completed'),
    (error: unknown) => (end = String(error)),
  );
  return {
    name,
    updates: () => Promise.resolve(updates),
    ended: () => Promise.resolve(more.ended?.() ?? end),
    leave: more.leave,
  };
}
