import { Agent, request } from 'node:http';

/** What an operation was answered with and how long that took, from its sending to the last byte. */
export interface Answer<T> {
  readonly data: T | null | undefined;
  /** The first error in words; undefined for none. */
  readonly problem: string | undefined;
  readonly ms: number;
  readonly bytes: number;
}

/** Asks one orchestrator over a connection that stays open. */
export interface GraphqlClient {
  ask<T>(query: string, variables?: object): Promise<Answer<T>>;
  close(): void;
}

/** Opens a client of `/graphql` on a port of this machine. */
export function createGraphqlClient(port: number): GraphqlClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  return {
    ask: async <T>(query: string, variables: object = {}) => {
      const body = JSON.stringify({ query, variables });
      const begin = performance.now();
      const text = await new Promise<Buffer>((resolve, reject) => {
        const outgoing = request(
          { agent, host: '127.0.0.1', port, path: '/graphql', method: 'POST', headers },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('end', () => {
              resolve(Buffer.concat(chunks));
            });
            response.on('error', reject);
          },
        );
        outgoing.on('error', reject);
        outgoing.end(body);
      });
      const ms = performance.now() - begin;
      const answer = JSON.parse(text.toString()) as {
        readonly data?: T | null;
        readonly errors?: readonly { readonly message: string; readonly extensions?: { code?: string } }[];
      };
      const error = answer.errors?.[0];
      return {
        data: answer.data,
        problem: error && `${error.extensions?.code ?? 'error'}: ${error.message}`,
        ms,
        bytes: text.length,
      };
    },
    close: () => {
      agent.destroy();
    },
  };
}
