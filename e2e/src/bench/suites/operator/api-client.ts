import { Agent, request } from 'node:https';
import type { KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';

/** An administrator's client of the API server that keeps its connections. */
export interface ApiClient {
  /** Sends an object and resolves with the status and the text of the answer. */
  send(
    method: string,
    path: string,
    object?: object,
  ): Promise<{ readonly status: number; readonly text: string }>;
  close(): void;
}

const CONNECTIONS = 32;

/** Opens a client with the administrator's certificate. */
export function createApiClient(api: KubernetesApi): ApiClient {
  const agent = new Agent({
    keepAlive: true,
    maxSockets: CONNECTIONS,
    ca: api.authority,
    cert: api.administrator.certificate,
    key: api.administrator.key,
  });
  const send: ApiClient['send'] = (method, path, object) =>
    new Promise((resolve, reject) => {
      const type = method === 'PATCH' ? 'application/merge-patch+json' : 'application/json';
      const headers = object === undefined ? {} : { 'content-type': type };
      const outgoing = request(`${api.url}${path}`, { agent, method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => {
          resolve({ status: response.statusCode ?? 0, text });
        });
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(object === undefined ? undefined : JSON.stringify(object));
    });
  return {
    send,
    close: () => {
      agent.destroy();
    },
  };
}

/** Works off a list, several at once. */
export async function inParallel<T>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (let next = left.next(); next.done !== true; next = left.next()) await work(next.value);
    }),
  );
}
