/**
 * Subscribers of live traffic that measure how long an exchange takes to reach them.
 *
 * Arguments: `sse` or `ws`, the port of the api, and how many. Subscriber 0 follows the path `/00/`, and so on. Prints
 * a line when all have subscribed, one a second with what has come, and what was measured when it is asked to end.
 * Paths that end in `warm` are followed, but not counted.
 */
import { createClient as createSseClient } from 'graphql-sse';
import { createClient as createWebSocketClient } from 'graphql-ws';
import { followedPath, type ViewersReport } from '../suites/live/viewers-report.ts';

interface Update {
  readonly trafficEvents:
    | {
        readonly __typename: 'HttpTransaction';
        readonly requestId: string;
        readonly path: string | null;
        readonly timestamp: string;
        readonly durationMs: number | null;
      }
    | { readonly __typename: 'GapMarker'; readonly lost: number };
}

const QUERY = `subscription($filter: TransactionFilter) { trafficEvents(filter: $filter) { __typename
  ... on HttpTransaction { requestId method url path status timestamp agentId state durationMs }
  ... on GapMarker { lost since } } }`;

const [protocol = '', port = '', count = ''] = process.argv.slice(2);
const latencies: number[] = [];
const seen = new Set<string>();
const problems: string[] = [];
let gaps = 0;
let lost = 0;
let repeated = 0;
let warm = 0;

function onUpdate({ trafficEvents: update }: Update): void {
  const now = performance.timeOrigin + performance.now();
  if (update.__typename === 'GapMarker') {
    gaps++;
    lost += update.lost;
  } else if (update.path?.endsWith('warm') === true) warm++;
  else if (update.durationMs !== null) {
    latencies.push(now - (Date.parse(update.timestamp) + update.durationMs));
    if (seen.has(update.requestId)) repeated++;
    seen.add(update.requestId);
  }
}

type Subscribe = (payload: { query: string; variables: Record<string, unknown> }, sink: Sink) => unknown;
interface Sink {
  next(value: { data?: Update | null; errors?: readonly unknown[] }): void;
  error(error: unknown): void;
  complete(): void;
}

function connect(onConnected: () => void): Subscribe {
  const address = `127.0.0.1:${port}/graphql`;
  if (protocol === 'ws') {
    const client = createWebSocketClient({
      url: `ws://${address}`,
      lazy: true,
      on: { connected: onConnected },
      retryAttempts: 0,
    });
    return (payload, sink) => client.subscribe(payload, sink as Parameters<typeof client.subscribe>[1]);
  }
  const client = createSseClient({
    url: `http://${address}`,
    retryAttempts: 0,
    fetchFn: async (input: string, init: RequestInit) => {
      const response = await fetch(input, init);
      onConnected();
      return response;
    },
  });
  return (payload, sink) => client.subscribe(payload, sink as Parameters<typeof client.subscribe>[1]);
}

let connected = 0;
for (let viewer = 0; viewer < Number(count); viewer++) {
  const subscribe = connect(() => {
    if (++connected === Number(count)) process.stdout.write('subscribed\n');
  });
  subscribe(
    { query: QUERY, variables: { filter: { pathPrefix: followedPath(viewer) } } },
    {
      next: ({ data, errors }) => {
        if (data == null) problems.push(JSON.stringify(errors).slice(0, 300));
        else onUpdate(data);
      },
      error: (error) => problems.push(`error: ${describe(error)}`.slice(0, 300)),
      complete: () => problems.push('a subscription has ended'),
    },
  );
}

setInterval(() => process.stdout.write(`counted ${latencies.length} warm ${warm}\n`), 1000);
process.once('SIGTERM', () => {
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  const report: ViewersReport = {
    received: latencies.length,
    ...{ gaps, lost, repeated },
    latencyMs: { least: at(0), p50: at(0.5), p99: at(0.99), max: at(1) },
    problems: problems.slice(0, 5),
  };
  process.stdout.write(`${JSON.stringify(report)}\n`, () => process.exit(0));
});

function describe(error: unknown): string {
  if (error instanceof Error) return error.message;
  if (Array.isArray(error)) return JSON.stringify(error);
  return typeof error === 'object' && error !== null && 'reason' in error
    ? String(error.reason)
    : String(error);
}
