import { HeaderBlock } from '@culvert/proto';
import type pg from 'pg';
import type { ExpectedExchange, Field } from '../corpus/conversation.ts';
import type { GraphqlClient } from './graphql.ts';

/** What GraphQL tells of one exchange, its trailers read from the table. */
export interface Recorded {
  readonly exchange: Omit<ExpectedExchange, 'interim'>;
  readonly bodyStates: readonly [request: string, response: string];
}

interface Row {
  readonly request_id: string;
  readonly request_trailers: Buffer | null;
  readonly response_trailers: Buffer | null;
}

interface Transaction {
  readonly method: string;
  readonly url: string;
  readonly status: number | null;
  readonly state: ExpectedExchange['outcome'];
  readonly httpVersion: '1.0' | '1.1';
  readonly requestHeaders: string;
  readonly responseHeaders: string | null;
  readonly requestBody: string | null;
  readonly responseBody: string | null;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
}

const DOCUMENT = `query($id: String!) { request(id: $id) {
  method url status state httpVersion requestHeaders responseHeaders requestBody responseBody
  requestBodyState responseBodyState
} }`;

/** Everything that was recorded of one client connection, in the order of the requests. */
export async function readRecords(
  database: pg.Client,
  graphql: GraphqlClient,
  peer: string,
): Promise<Recorded[]> {
  const { rows } = await database.query<
    Row & { reason: string | null; response_http_version: '1.0' | '1.1' }
  >(
    `SELECT request_id, request_trailers, response_trailers, reason, response_http_version
       FROM culvert.http_transactions WHERE peer_address = $1 ORDER BY request_id`,
    [peer],
  );
  return Promise.all(
    rows.map(async (row) => {
      const { request } = await graphql.query<{ request: Transaction }>(DOCUMENT, { id: row.request_id });
      return {
        bodyStates: [request.requestBodyState, request.responseBodyState],
        exchange: {
          method: request.method,
          url: request.url,
          outcome: request.state,
          request: {
            version: request.httpVersion,
            headers: JSON.parse(request.requestHeaders) as Field[],
            body: Buffer.from(request.requestBody ?? '', 'base64'),
            trailers: fields(row.request_trailers),
          },
          response:
            request.status === null
              ? undefined
              : {
                  version: row.response_http_version,
                  status: request.status,
                  reason: row.reason ?? '',
                  headers: JSON.parse(request.responseHeaders ?? '[]') as Field[],
                  body: Buffer.from(request.responseBody ?? '', 'base64'),
                  trailers: fields(row.response_trailers),
                },
        },
      };
    }),
  );
}

function fields(block: Buffer | null): Field[] {
  if (block === null) return [];
  return HeaderBlock.decode(block).headers.map(({ name, value }) => [
    name.toString('latin1'),
    value.toString('latin1'),
  ]);
}
