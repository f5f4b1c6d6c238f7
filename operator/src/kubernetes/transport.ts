import type { KubeConfig } from '@kubernetes/client-node';
import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest, type RequestOptions } from 'node:https';
import { isDeepStrictEqual } from 'node:util';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request. */
export interface Outgoing {
  readonly method: Method;
  /** With its query. */
  readonly path: string;
  readonly body?: string;
  readonly type?: string;
  /** How long the connection may stay silent, in milliseconds. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** HTTP to the API server, with the credentials of a kubeconfig. */
export interface Transport {
  readonly server: string;
  readonly host: string;
  /** Resolves with the head of the answer, whatever its status. */
  send(outgoing: Outgoing): Promise<IncomingMessage>;
  close(): void;
}

/** @throws Error when the kubeconfig names no API server */
export function createTransport(kubeConfig: KubeConfig): Transport {
  const cluster = kubeConfig.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig names no current cluster: set its current-context');
  const server = new URL(cluster.server);
  const secure = server.protocol === 'https:';
  const prefix = server.pathname.replace(/\/$/, '');
  const plain = new HttpAgent({ keepAlive: true });
  let tls: HttpsAgent | undefined;
  let tlsOf: readonly unknown[] = [];

  /** Credentials in headers may change with every request (tokens are rotated), those of TLS seldom do. */
  const credentials = async (): Promise<RequestOptions> => {
    const options: RequestOptions = {};
    await kubeConfig.applyToHTTPSOptions(options);
    if (cluster.proxyUrl !== undefined && cluster.proxyUrl !== '') return options;
    if (!secure) return { ...options, agent: plain };
    const { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername } = options;
    const used = [cert, key, pfx, ca];
    if (tls === undefined || !isDeepStrictEqual(used, tlsOf)) {
      const settings = { ca, cert, key, pfx, passphrase, rejectUnauthorized, servername };
      const given = Object.entries(settings).filter(([, value]) => value !== undefined);
      tls?.destroy();
      tls = new HttpsAgent({ keepAlive: true, ...Object.fromEntries(given) });
      tlsOf = used;
    }
    return { ...options, agent: tls };
  };

  return {
    server: cluster.server,
    host: server.hostname,
    async send({ method, path, body, type, timeoutMs, signal }) {
      const options = await credentials();
      return new Promise((resolve, reject) => {
        const request = (secure ? httpsRequest : httpRequest)(
          {
            ...options,
            method,
            hostname: server.hostname.replace(/^\[|\]$/g, ''),
            port: server.port === '' ? (secure ? 443 : 80) : server.port,
            path: `${prefix}${path}`,
            headers: {
              ...options.headers,
              accept: 'application/json',
              'user-agent': 'culvert-operator',
              ...(body !== undefined && {
                'content-type': type,
                'content-length': Buffer.byteLength(body),
              }),
            },
            ...(signal && { signal }),
          },
          resolve,
        );
        request.on('error', reject);
        if (timeoutMs !== undefined) {
          request.setTimeout(timeoutMs, () => {
            request.destroy(new Error(`the API server did not answer within ${timeoutMs} ms`));
          });
        }
        request.end(body);
      });
    },
    close() {
      plain.destroy();
      tls?.destroy();
    },
  };
}
