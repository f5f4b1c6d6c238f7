import type { GraphqlClient } from '../client/graphql.ts';
import { choices, nonEmpty, several, single, type ValuesOf } from '../command-line/option.ts';
import { parseDuration } from '../values/duration.ts';
import { parseHost } from '../values/host.ts';
import { parseMethod } from '../values/method.ts';
import { parseNamespace } from '../values/namespace.ts';
import { parsePathPrefix } from '../values/path.ts';
import { parseStatus } from '../values/status.ts';
import { instantOf, parseMoment } from '../values/time.ts';
import { parseWorkload } from '../values/workload.ts';
import { Mistake } from '../command-line/mistake.ts';
import { STATES } from './exchange.ts';
import { findWorkloads } from './workloads.ts';

const LEAST_CONTAINED = 3;

/** Where exchanges were captured; counts are narrowed down by the same. */
export const placeOptions = {
  namespace: several(
    { name: 'namespace', short: 'n', placeholder: 'NAME', summary: 'Of pods in these namespaces.' },
    parseNamespace,
  ),
  workload: several(
    {
      name: 'workload',
      short: 'w',
      placeholder: 'KIND/NAME',
      summary: 'Of these workloads, such as Deployment/cart, or shop/cart as tables show it.',
    },
    parseWorkload,
  ),
  cluster: several({ name: 'cluster', placeholder: 'NAME', summary: 'Of these clusters.' }, nonEmpty),
};

/** What exchanges must be like; all that is given must hold. */
export const filterOptions = {
  method: several(
    {
      name: 'method',
      short: 'm',
      placeholder: 'METHOD',
      summary: 'Of these methods; one in lower case stands for upper case too.',
    },
    parseMethod,
  ),
  status: single(
    {
      name: 'status',
      short: 's',
      placeholder: 'RANGE',
      summary: 'Answered so: 404, 5xx, 500-599, 400- or -399.',
    },
    parseStatus,
  ),
  host: single(
    { name: 'host', placeholder: 'HOST', summary: 'Sent to this host; without a port, any port will do.' },
    parseHost,
  ),
  path: single(
    {
      name: 'path',
      short: 'p',
      placeholder: 'PREFIX',
      summary: 'With a path that begins so, query included; case matters.',
    },
    parsePathPrefix,
  ),
  contains: single(
    {
      name: 'contains',
      placeholder: 'TEXT',
      summary: 'With this somewhere in the URL, in any case; at least 3 characters.',
    },
    atLeastThree,
  ),
  namespace: placeOptions.namespace,
  workload: placeOptions.workload,
  agent: several({ name: 'agent', placeholder: 'ID', summary: 'Captured by these agents.' }, nonEmpty),
  cluster: placeOptions.cluster,
  minDuration: single(
    { name: 'min-duration', placeholder: 'DURATION', summary: 'That took at least so long: 200ms, 1.5s.' },
    parseDuration,
  ),
  maxDuration: single(
    { name: 'max-duration', placeholder: 'DURATION', summary: 'That took at most so long.' },
    parseDuration,
  ),
  state: choices(
    { name: 'state', placeholder: 'STATE', summary: 'That ended so, or have not ended.' },
    STATES,
  ),
};

/** When exchanges began. */
export const timeOptions = {
  since: single(
    {
      name: 'since',
      placeholder: 'TIME',
      summary: 'From then on: 15m, 2h (so long ago) or 2026-11-21T14:00:00Z.',
    },
    parseMoment,
  ),
  until: single(
    { name: 'until', placeholder: 'TIME', summary: 'Before then, given the same way.' },
    parseMoment,
  ),
};

/**
 * The same as GraphQL's `TransactionFilter`.
 *
 * @param client is asked for workloads that are not given whole
 * @throws Mistake when no exchange can match
 */
export async function transactionFilter(
  client: GraphqlClient,
  values: ValuesOf<typeof filterOptions> & Partial<ValuesOf<typeof timeOptions>>,
  now: number,
): Promise<Readonly<Record<string, unknown>>> {
  const range = timeRange(values, now);
  const { minDuration: min, maxDuration: max, state: states } = values;
  if (min !== undefined && max !== undefined && min > max)
    throw new Mistake('--min-duration is longer than --max-duration: no exchange can match both');
  const durationMs = min === undefined && max === undefined ? undefined : given({ min, max });
  if (durationMs !== undefined && states?.every((state) => state === 'open') === true)
    throw new Mistake('--state open finds none with a duration: leave out --min-duration and --max-duration');
  return given({
    methods: values.method?.flat(),
    status: values.status,
    host: values.host,
    pathPrefix: values.path,
    urlContains: values.contains,
    ...(await findWorkloads(client, values.workload, values.namespace)),
    agentIds: values.agent,
    clusters: values.cluster,
    durationMs,
    states: states?.map((state) => state.toUpperCase()),
    ...range,
  });
}

/** `since` and `until` as GraphQL takes them; undefined where they weren't given. */
export function timeRange(
  { since, until }: Partial<ValuesOf<typeof timeOptions>>,
  now: number,
): { readonly since: string | undefined; readonly until: string | undefined } {
  const range = {
    since: since && instantOf(since, now),
    until: until && instantOf(until, now),
  };
  if (range.since !== undefined && Date.parse(range.since) >= now)
    throw new Mistake(`--since is not in the past: ${range.since}`);
  if (range.until !== undefined && Date.parse(range.until) <= 0)
    throw new Mistake(`--until is before anything can have been captured: ${range.until}`);
  if (range.since !== undefined && range.until !== undefined && range.since >= range.until)
    throw new Mistake(`--since is not before --until: ${range.since} and ${range.until}`);
  return range;
}

/** Without what is undefined. */
export function given(fields: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function atLeastThree(text: string): string {
  if ([...text].length < LEAST_CONTAINED)
    throw new Error(`needs at least ${LEAST_CONTAINED} characters, not ${JSON.stringify(text)}`);
  return text;
}
