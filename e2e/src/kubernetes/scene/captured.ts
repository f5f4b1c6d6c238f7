import { eventually } from './eventually.ts';
import { query } from './graphql.ts';

/** What GraphQL tells of an exchange. */
export interface Captured {
  readonly requestId: string;
  readonly method: string;
  readonly url: string;
  /** Path and query of the URL. */
  readonly target: string;
  readonly status: number | null;
  readonly state: string;
  readonly namespace: string;
  readonly workload: string;
  readonly pod: string;
  readonly node: string;
  readonly capturedPort: number;
  readonly peerAddress: string;
  readonly agentId: string;
  readonly requestHeaders: string;
}

/** An exchange with its bodies. */
export interface CapturedBodies {
  readonly requestBody: string | null;
  readonly responseBody: string | null;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
}

const FIELDS = `requestId method url status state namespace workload pod node capturedPort peerAddress agentId
  requestHeaders`;

/** The newest exchanges of a namespace that GraphQL lists. */
export async function listCaptured(namespace: string): Promise<Captured[]> {
  const { requests } = await query<{ requests: Omit<Captured, 'target'>[] }>(`{ requests { ${FIELDS} } }`);
  return requests
    .filter((one) => one.namespace === namespace)
    .map((one) => ({ ...one, target: targetOf(one.url) }));
}

/**
 * Waits until GraphQL lists an exchange of a namespace.
 *
 * @param target path and query; say something in it that no other request has
 */
export async function captured(
  namespace: string,
  target: string,
  passes: (exchange: Captured) => boolean = ({ state }) => state !== 'OPEN',
): Promise<Captured> {
  const wanted = (exchange: Captured): boolean => exchange.target === target && passes(exchange);
  const all = await eventually(
    () => listCaptured(namespace),
    (exchanges) => exchanges.some(wanted),
    `GraphQL lists ${target} of namespace ${namespace}`,
  );
  return all.find(wanted) as Captured;
}

/** Waits until the bodies of an exchange are there, and reads them as text. */
export async function readBodies(requestId: string): Promise<{ request: string; response: string }> {
  const { request } = await eventually(
    () =>
      query<{ request: CapturedBodies }>(
        `query($id: String!) { request(id: $id) { requestBody responseBody requestBodyState responseBodyState } }`,
        { id: requestId },
      ),
    ({ request: one }) => one.requestBodyState !== 'PENDING' && one.responseBodyState !== 'PENDING',
    `the bodies of ${requestId} are stored`,
  );
  const decode = (body: string | null): string => Buffer.from(body ?? '', 'base64').toString();
  return { request: decode(request.requestBody), response: decode(request.responseBody) };
}

function targetOf(url: string): string {
  const { pathname, search } = new URL(url, 'http://none');
  return pathname + search;
}
