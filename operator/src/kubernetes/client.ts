import type { KubeConfig } from '@kubernetes/client-node';
import type { IncomingMessage } from 'node:http';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import { KubernetesError } from './errors.ts';
import type { Status } from './objects.ts';
import { createTransport, type Method } from './transport.ts';

const REQUEST_TIMEOUT_MS = 30_000;
const PATCH_TYPES = {
  apply: 'application/apply-patch+yaml',
  merge: 'application/merge-patch+json',
} as const;

/** Parameters of a request's address; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Requests to the API server. Everything but 2xx is thrown as a {@link KubernetesError}. */
export interface KubernetesClient {
  /** `https://host:port` of the API server. */
  readonly server: string;
  get<T>(path: string, query?: Query): Promise<T>;
  create<T>(path: string, object: object): Promise<T>;
  replace<T>(path: string, object: object): Promise<T>;
  /** Server-side apply under the operator's name. It takes over fields that others had set. */
  apply<T>(path: string, object: object): Promise<T>;
  /** A JSON merge patch. */
  merge<T>(path: string, patch: object): Promise<T>;
  remove(path: string, preconditions?: { readonly uid: string }): Promise<void>;
  /** Opens a response that is read as it comes; `signal` ends it. */
  stream(path: string, query: Query, signal: AbortSignal): Promise<IncomingMessage>;
  close(): void;
}

/** The name under which the operator owns fields. */
export const FIELD_MANAGER = 'culvert-operator';

/**
 * @param kubeConfig where the API server is and who we are
 * @param tracing each request but streams becomes a span
 */
export function createKubernetesClient(kubeConfig: KubeConfig, tracing: Tracing): KubernetesClient {
  const transport = createTransport(kubeConfig);

  const call = <T>(method: Method, path: string, query: Query, body?: object, type?: string): Promise<T> =>
    tracing.span(
      `kubernetes ${method}`,
      { 'http.request.method': method, 'url.path': path, 'server.address': transport.host },
      async (span) => {
        const response = await transport.send({
          method,
          path: withQuery(path, query),
          timeoutMs: REQUEST_TIMEOUT_MS,
          ...(body && { body: JSON.stringify(body), type: type ?? 'application/json' }),
        });
        const text = await textOf(response);
        const status = response.statusCode ?? 0;
        span.set('http.response.status_code', status);
        if (status < 200 || status > 299) throw refusal(status, text, `${method} ${path}`);
        return JSON.parse(text) as T;
      },
      'client',
    );

  return {
    server: transport.server,
    get: (path, query = {}) => call('GET', path, query),
    create: (path, object) => call('POST', path, {}, object),
    replace: (path, object) => call('PUT', path, {}, object),
    apply: (path, object) =>
      call('PATCH', path, { fieldManager: FIELD_MANAGER, force: true }, object, PATCH_TYPES.apply),
    merge: (path, patch) => call('PATCH', path, { fieldManager: FIELD_MANAGER }, patch, PATCH_TYPES.merge),
    async remove(path, preconditions) {
      await call('DELETE', path, {}, preconditions && { preconditions });
    },
    async stream(path, query, signal) {
      const response = await transport.send({ method: 'GET', path: withQuery(path, query), signal });
      const status = response.statusCode ?? 0;
      if (status === 200) return response;
      throw refusal(status, await textOf(response), `GET ${path}`);
    },
    close: () => {
      transport.close();
    },
  };
}

function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) parameters.set(name, String(value));
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}

function refusal(status: number, text: string, what: string): KubernetesError {
  try {
    return new KubernetesError(status, JSON.parse(text) as Status, what);
  } catch {
    return new KubernetesError(status, { message: text.slice(0, 200) }, what); // a proxy's words, not the server's
  }
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
