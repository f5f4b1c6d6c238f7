import { ask } from './graphql.ts';

/** A captured exchange as the list shows it. */
export interface Exchange {
  readonly requestId: string;
  readonly method: string | null;
  readonly url: string | null;
  readonly httpVersion: string | null;
  readonly status: number | null;
  readonly reasonPhrase: string | null;
  readonly responseHttpVersion: string | null;
  readonly timestamp: string | null;
  readonly state: string;
  readonly durationMs: number | null;
  readonly requestBodyBytes: string | number | null;
  readonly responseBodyBytes: string | number | null;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
  /** JSON array of [name, value] pairs. */
  readonly requestHeaders: string | null;
}

/** Its heavy fields. */
export interface Details {
  readonly responseHeaders: string | null;
  readonly requestTrailers: string | null;
  readonly responseTrailers: string | null;
  /** Base64. */
  readonly requestBody: string | null;
  readonly responseBody: string | null;
}

const FIELDS = `requestId method url httpVersion status reasonPhrase responseHttpVersion timestamp state durationMs
  requestBodyBytes responseBodyBytes requestBodyState responseBodyState requestHeaders`;

/** The newest exchanges, at most 50. */
export async function readNewest(api: string): Promise<readonly Exchange[]> {
  return (await ask<{ requests: Exchange[] }>(api, `query Newest { requests { ${FIELDS} } }`)).requests;
}

/** One exchange by its id. */
export async function readExchange(api: string, id: string): Promise<Exchange | null> {
  const query = `query One($id: String!) { request(id: $id) { ${FIELDS} } }`;
  return (await ask<{ request: Exchange | null }>(api, query, { id })).request;
}

/** Headers, trailers and bodies of one exchange. */
export async function readDetails(api: string, id: string): Promise<Details | null> {
  const query = `query Details($id: String!) { request(id: $id) {
    responseHeaders requestTrailers responseTrailers requestBody responseBody } }`;
  return (await ask<{ request: Details | null }>(api, query, { id })).request;
}

/** Headers as pairs in wire order. */
export function parseHeaders(json: string | null): readonly (readonly [string, string])[] {
  return json === null ? [] : (JSON.parse(json) as [string, string][]);
}

/** Whether nothing more will come: the exchange has ended and so have its bodies. */
export function isSettled(exchange: Exchange): boolean {
  return (
    exchange.state !== 'OPEN' &&
    exchange.requestBodyState !== 'PENDING' &&
    exchange.responseBodyState !== 'PENDING'
  );
}
