import type pg from 'pg';
import type { ExpectedExchange, Field } from '../corpus/conversation.ts';
import type { GraphqlClient } from './graphql.ts';

/** What GraphQL tells of one exchange. */
export interface Recorded {
  readonly exchange: Omit<ExpectedExchange, 'interim' | 'ends'>;
  readonly bodyStates: readonly [request: string, response: string];
  /** Bodies and their sizes where null says something else than nothing. */
  readonly told: readonly [requestBody: string | null, responseBody: string | null];
  readonly sizes: readonly [request: number | null, response: number | null];
}

interface Transaction {
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly state: ExpectedExchange['outcome'];
  readonly httpVersion: '1.0' | '1.1';
  readonly responseHttpVersion: '1.0' | '1.1' | null;
  readonly reasonPhrase: string | null;
  readonly requestHeaders: string;
  readonly responseHeaders: string | null;
  readonly requestTrailers: string | null;
  readonly responseTrailers: string | null;
  readonly requestBody: string | null;
  readonly responseBody: string | null;
  readonly requestBodyBytes: number | null;
  readonly responseBodyBytes: number | null;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
}

const DOCUMENT = `query($id: String!) { request(id: $id) {
  method url status state httpVersion responseHttpVersion reasonPhrase requestHeaders responseHeaders
  requestTrailers responseTrailers requestBody responseBody requestBodyState responseBodyState
  requestBodyBytes responseBodyBytes
} }`;

/** Everything that was recorded of one client connection, in the order of the requests. */
export async function readRecords(
  database: pg.Client,
  graphql: GraphqlClient,
  peer: string,
): Promise<Recorded[]> {
  const { rows } = await database.query<{ request_id: string }>(
    'SELECT request_id FROM culvert.http_transactions WHERE peer_address = $1 ORDER BY request_id',
    [peer],
  );
  return Promise.all(
    rows.map(async (row) => {
      const { request } = await graphql.query<{ request: Transaction }>(DOCUMENT, { id: row.request_id });
      return {
        bodyStates: [request.requestBodyState, request.responseBodyState],
        told: [request.requestBody, request.responseBody],
        sizes: [request.requestBodyBytes, request.responseBodyBytes],
        exchange: {
          method: request.method,
          url: request.url,
          outcome: request.state,
          request: {
            version: request.httpVersion,
            headers: fields(request.requestHeaders),
            body: Buffer.from(request.requestBody ?? '', 'base64'),
            trailers: fields(request.requestTrailers),
          },
          response:
            request.status === null || request.responseHttpVersion === null
              ? undefined
              : {
                  version: request.responseHttpVersion,
                  status: request.status,
                  reason: request.reasonPhrase ?? '',
                  headers: fields(request.responseHeaders),
                  body: Buffer.from(request.responseBody ?? '', 'base64'),
                  trailers: fields(request.responseTrailers),
                },
        },
      };
    }),
  );
}

function fields(pairs: string | null): Field[] {
  return JSON.parse(pairs ?? '[]') as Field[];
}
