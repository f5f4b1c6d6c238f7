import {
  explainFaults,
  forbidden,
  type GraphqlFault,
  notCulvert,
  unauthorised,
  unreachable,
} from './explain.ts';
import { readEvents } from './server-sent-events.ts';

/** A GraphQL server over HTTP. */
export interface GraphqlClient {
  readonly url: string;
  /**
   * Asks once.
   *
   * @throws Failure, Mistake
   */
  ask<T>(query: string, variables?: Variables): Promise<T>;
  /**
   * Follows a subscription until it ends: by GraphQL over Server-Sent Events, one connection each.
   *
   * @param onConnected the server has accepted it
   * @throws Failure, Mistake
   */
  follow<T>(query: string, variables: Variables, onConnected: () => void): AsyncIterable<T>;
}

type Variables = Readonly<Record<string, unknown>>;

const ANSWER_MS = 60_000;
/** The server sends something at least every 12 seconds. */
const SILENCE_MS = 40_000;

/** Makes a client; `signal` ends whatever it does. */
export function createGraphqlClient(options: {
  readonly url: string;
  /** Asked when it is needed; may throw Mistake. */
  readonly token: () => string | undefined;
  readonly agent: string;
  readonly signal: AbortSignal;
}): GraphqlClient {
  const { url, signal } = options;

  async function post(
    query: string,
    variables: Variables,
    accept: string,
    until: AbortSignal,
  ): Promise<Response> {
    const token = options.token();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        accept,
        'content-type': 'application/json',
        'user-agent': options.agent,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
      // The token must not travel on to wherever a redirection leads.
      redirect: 'manual',
      signal: until,
    }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreachable(url, error);
    });
    if (response.status === 401) throw unauthorised(url, token !== undefined);
    if (response.status === 403) throw forbidden(url, (await readFaults(response))[0]?.message);
    if (response.status >= 300 && response.status < 400)
      throw notCulvert(url, `it redirects to ${response.headers.get('location') ?? 'somewhere else'}`);
    return response;
  }

  return {
    url,
    async ask<T>(query: string, variables: Variables = {}) {
      const until = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]);
      const response = await post(
        query,
        variables,
        'application/graphql-response+json, application/json',
        until,
      );
      const answer = parsed(await textOf(response));
      if (answer === undefined) throw notCulvert(url, `status ${response.status}, and no JSON`);
      if (answer.errors !== undefined && answer.errors.length > 0) throw explainFaults(answer.errors);
      if (answer.data == null) throw notCulvert(url, `status ${response.status}, and no data`);
      return answer.data as T;
    },
    async *follow<T>(query: string, variables: Variables, onConnected: () => void) {
      const silence = new AbortController();
      const response = await post(
        query,
        variables,
        'text/event-stream',
        AbortSignal.any([signal, silence.signal]),
      );
      if (
        response.headers.get('content-type')?.startsWith('text/event-stream') !== true ||
        response.body === null
      ) {
        const faults = await readFaults(response);
        throw faults.length > 0 ? explainFaults(faults) : notCulvert(url, 'no stream of events');
      }
      onConnected();
      let heard = performance.now();
      const watch = setInterval(() => {
        if (performance.now() - heard > SILENCE_MS) silence.abort(new Error('it has gone silent'));
      }, 1_000);
      try {
        for await (const event of readEvents(response.body, () => (heard = performance.now()))) {
          if (event.name === 'complete') return;
          if (event.name !== 'next') continue;
          const answer = parsed(event.data);
          if (answer?.errors !== undefined && answer.errors.length > 0) throw explainFaults(answer.errors);
          if (answer?.data != null) yield answer.data as T;
        }
      } catch (error) {
        signal.throwIfAborted();
        if (silence.signal.aborted) throw unreachable(url, silence.signal.reason);
        throw isNetworkFault(error) ? unreachable(url, error) : error;
      } finally {
        clearInterval(watch);
      }
    },
  };

  async function textOf(response: Response): Promise<string> {
    return response.text().catch((error: unknown) => {
      signal.throwIfAborted();
      throw unreachable(url, error);
    });
  }

  async function readFaults(response: Response): Promise<readonly GraphqlFault[]> {
    return parsed(await textOf(response))?.errors ?? [];
  }
}

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphqlFault[];
}

function parsed(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** What breaks off while a body is read is a TypeError with its cause. */
function isNetworkFault(error: unknown): boolean {
  return error instanceof TypeError && error.cause !== undefined;
}
