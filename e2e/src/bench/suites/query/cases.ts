import { HOUR_MS } from '../../dataset/hours.ts';
import { RARE_HOST, RARE_MARK } from '../../dataset/spread.ts';

/** A query to be measured. */
export interface Case {
  readonly name: string;
  readonly query: string;
  readonly variables: object;
}

/** What a page with a list of exchanges shows. */
const FIELDS = 'requestId method url status timestamp agentId state durationMs responseBodyBytes';
const LIST = `query($filter: TransactionFilter) {
  transactions(filter: $filter, first: 50) { nodes { ${FIELDS} } pageInfo { hasNextPage endCursor } } }`;

/** Everything about an exchange that is not heavy. */
export const ALL_LIGHT_FIELDS = `query { transactions(first: 50) { nodes {
  requestId method url status timestamp agentId state httpVersion scheme host path cluster namespace workload pod node
  peerAddress capturedPort durationMs firstByteMs requestBodyBytes responseBodyBytes requestTruncated
  responseTruncated traceId receivedAt requestBodyState responseBodyState
} pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }`;

export const NEWEST = list('newest 50', {});

const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

/** Each filter with a value that many exchanges have, one that some twenty have, and one that none has. */
export function filterCases(): readonly Case[] {
  return [
    list('methods: common', { methods: ['GET'] }),
    list('methods: rare', { methods: ['PURGE'] }),
    list('methods: none', { methods: ['TRACE'] }),
    list('status: common', { status: { min: 200, max: 299 } }),
    list('status: server errors', { status: { min: 500 } }),
    list('status: rare', { status: { min: 507, max: 507 } }),
    list('status: none', { status: { min: 418, max: 418 } }),
    list('host: common', { host: 'shop-api.shop.svc.cluster.local' }),
    list('host: rare', { host: RARE_HOST.value }),
    list('host: none', { host: 'nowhere.example' }),
    list('pathPrefix: common', { pathPrefix: '/api/v1/shop/' }),
    list('pathPrefix: uncommon', { pathPrefix: '/internal/platform/0' }),
    list('pathPrefix: none', { pathPrefix: '/not/there' }),
    list('urlContains: common', { urlContains: 'SHOP-api' }),
    list('urlContains: rare', { urlContains: RARE_MARK.value }),
    list('urlContains: none', { urlContains: 'nothing-like-it' }),
    list('clusters: common', { clusters: ['east'] }),
    list('clusters: none', { clusters: ['north'] }),
    list('namespaces: common', { namespaces: ['shop'] }),
    list('namespaces: uncommon', { namespaces: ['platform'] }),
    list('namespaces: none', { namespaces: ['empty'] }),
    list('workloads: common', { workloads: ['Deployment/shop-api'] }),
    list('workloads: uncommon', { workloads: ['Deployment/platform-web'] }),
    list('workloads: none', { workloads: ['Deployment/none'] }),
    list('agentIds: common', { agentIds: ['shop-api-0'] }),
    list('agentIds: uncommon', { agentIds: ['platform-web-2'] }),
    list('agentIds: none', { agentIds: ['nobody'] }),
    list('durationMs: common', { durationMs: { min: 10 } }),
    list('durationMs: rare', { durationMs: { min: 3_000 } }),
    list('durationMs: none', { durationMs: { min: 100_000 } }),
    list('states: common', { states: ['COMPLETE'] }),
    list('states: uncommon', { states: ['UPSTREAM_ABORTED'] }),
    list('states: OPEN', { states: ['OPEN'] }),
    list('states: INCOMPLETE', { states: ['INCOMPLETE'] }),
    list('states: none', { states: ['UPGRADED'] }),
    list('since an hour ago', { since: ago(HOUR_MS) }),
    list('until two days ago', { until: ago(48 * HOUR_MS) }),
    list('a minute, two days ago', { since: ago(48 * HOUR_MS), until: ago(48 * HOUR_MS - 60_000) }),
  ];
}

/** Two filters that few exchanges or none pass together. */
export function pairCases(): readonly Case[] {
  return [
    list('rare workload, server errors', { workloads: ['Deployment/platform-web'], status: { min: 500 } }),
    list('PATCH, 503', { methods: ['PATCH'], status: { min: 503, max: 503 } }),
    list('DELETE, 502', { methods: ['DELETE'], status: { min: 502, max: 502 } }),
    list('west, PURGE', { clusters: ['west'], methods: ['PURGE'] }),
    list('GET, 507', { methods: ['GET'], status: { min: 507, max: 507 } }),
    list('PURGE, 507', { methods: ['PURGE'], status: { min: 507, max: 507 } }),
    list('namespace, rare part of the URL', {
      namespaces: ['reports'],
      urlContains: RARE_MARK.value,
    }),
    list('path, 502', { pathPrefix: '/internal/', status: { min: 502, max: 502 } }),
    list('agent, aborted upstream', { agentIds: ['platform-web-2'], states: ['UPSTREAM_ABORTED'] }),
    list('host, slow', { host: 'platform-web.platform.svc.cluster.local', durationMs: { min: 1_000 } }),
    list('common workload, rare host', { workloads: ['Deployment/shop-api'], host: RARE_HOST.value }),
    list('errors, slow', { status: { min: 500 }, durationMs: { min: 2_000 } }),
  ];
}

const DIMENSIONS = ['CLUSTER', 'NAMESPACE', 'WORKLOAD', 'METHOD', 'PATH_TEMPLATE', 'STATUS_CLASS'];
const GROUP = `bucketStart cluster namespace workload method pathTemplate statusClass count errors errorShare
  p50Ms p90Ms p99Ms requestBytes responseBytes`;
const STATS = `query($since: DateTime!, $bucket: StatsBucket, $groupBy: [StatsDimension!], $filter: StatsFilter) {
  transactionStats(since: $since, bucket: $bucket, groupBy: $groupBy, filter: $filter) {
    truncated groups { ${GROUP} } } }`;

/** Statistics of a day: as a whole, grouped by each dimension, and hour by hour. */
export function statsCases(): readonly Case[] {
  const since = ago(24 * HOUR_MS);
  const stats = (name: string, variables: object): Case => ({
    name,
    query: STATS,
    variables: { since, ...variables },
  });
  return [
    stats('as a whole', {}),
    ...DIMENSIONS.map((dimension) =>
      stats(`by ${dimension.toLowerCase().replace('_', ' ')}`, { groupBy: [dimension] }),
    ),
    stats('hour by hour', { bucket: 'HOUR' }),
    stats('of a workload, hour by hour', { bucket: 'HOUR', filter: { workloads: ['Deployment/shop-api'] } }),
  ];
}

function list(name: string, filter: object): Case {
  return { name, query: LIST, variables: { filter } };
}
