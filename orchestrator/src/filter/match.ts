import { requestIdTime } from '@culvert/traffic/request-id';
import { createColumns, type Columns } from '../ingest/decode/columns.ts';
import { EXCHANGE_COLUMNS, SLOT } from '../ingest/decode/exchange-columns.ts';
import type { ExchangeState } from '../query/exchange-state.ts';
import { stateOf, type Transaction } from '../query/transaction.ts';
import { beginsWith, beginsWithFolded, containsFolded, folded, portStart } from './bytes.ts';
import type { ExchangeFilter, NumberRange } from './exchange-filter.ts';

/** Who saw an exchange: all exchanges of a batch have this in common. */
export interface ExchangeOrigin {
  readonly agentId: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
}

/** A compiled filter. An exchange matches when its origin and the rest of it do. */
export interface ExchangeMatcher {
  origin(origin: ExchangeOrigin): boolean;
  /**
   * Judges what was decoded, in place and without making objects.
   *
   * @param startedAt the time in the request id, in Unix milliseconds
   */
  exchange(columns: Columns, startedAt: number, state: ExchangeState): boolean;
}

type Condition = (columns: Columns, startedAt: number, state: ExchangeState) => boolean;

/** Compiles a filter; what it doesn't ask for costs nothing. */
export function compileFilter(filter: ExchangeFilter): ExchangeMatcher {
  const clusters = filter.clusters && new Set(filter.clusters);
  const namespaces = filter.namespaces && new Set(filter.namespaces);
  const workloads = filter.workloads && new Set(filter.workloads);
  const agentIds = filter.agentIds && new Set(filter.agentIds);
  const conditions = conditionsOf(filter);
  return {
    origin: (origin) =>
      clusters?.has(origin.cluster) !== false &&
      namespaces?.has(origin.namespace) !== false &&
      workloads?.has(origin.workload) !== false &&
      agentIds?.has(origin.agentId) !== false,
    exchange(columns, startedAt, state) {
      for (const holds of conditions) if (!holds(columns, startedAt, state)) return false;
      return true;
    },
  };
}

/** The conditions that are asked for; those that cost least stand first. */
function conditionsOf(filter: ExchangeFilter): Condition[] {
  const { since, until, states, status, durationMs } = filter;
  const conditions: Condition[] = [];
  if (since !== undefined) conditions.push((_columns, startedAt) => startedAt >= since);
  if (until !== undefined) conditions.push((_columns, startedAt) => startedAt < until);
  if (states !== undefined) conditions.push((_columns, _startedAt, state) => states.includes(state));
  if (status !== undefined) conditions.push((columns) => isWithin(columns.number(SLOT.status), status));
  if (durationMs !== undefined)
    conditions.push((columns) => isWithin(columns.number(SLOT.duration_us) / 1_000, durationMs));
  if (filter.methods !== undefined) conditions.push(methodIsOneOf(filter.methods));
  if (filter.host !== undefined) conditions.push(hostIs(filter.host));
  if (filter.pathPrefix !== undefined) {
    const prefix = Buffer.from(filter.pathPrefix);
    conditions.push((columns) => {
      const path = columns.source(SLOT.path);
      return path !== undefined && beginsWith(path, columns.start(SLOT.path), columns.end(SLOT.path), prefix);
    });
  }
  if (filter.urlContains !== undefined) {
    const part = folded(filter.urlContains);
    conditions.push((columns) => {
      const url = columns.source(SLOT.url);
      return url !== undefined && containsFolded(url, columns.start(SLOT.url), columns.end(SLOT.url), part);
    });
  }
  return conditions;
}

/** NaN, which stands for none, is within no range. */
function isWithin(value: number, { min = -Infinity, max = Infinity }: NumberRange): boolean {
  return value >= min && value <= max;
}

function methodIsOneOf(methods: readonly string[]): Condition {
  // An empty text stands for none, here as in the database.
  const wanted = methods.filter((method) => method !== '').map((method) => Buffer.from(method));
  return (columns) => {
    const source = columns.source(SLOT.method);
    if (source === undefined) return false;
    const start = columns.start(SLOT.method);
    const end = columns.end(SLOT.method);
    for (const method of wanted)
      if (end - start === method.length && beginsWith(source, start, end, method)) return true;
    return false;
  };
}

function hostIs(host: string): Condition {
  const wanted = folded(host);
  const withPort = portStart(wanted, 0, wanted.length) < wanted.length;
  return (columns) => {
    const source = columns.source(SLOT.host);
    if (source === undefined || wanted.length === 0) return false;
    const start = columns.start(SLOT.host);
    const whole = columns.end(SLOT.host);
    const end = withPort ? whole : portStart(source, start, whole);
    return end - start === wanted.length && beginsWithFolded(source, start, end, wanted);
  };
}

/** Holds one row at a time. */
const ROW = createColumns(EXCHANGE_COLUMNS.length);
const TEXTS = ['method', 'host', 'path', 'url'] as const;
const NUMBERS = ['status', 'duration_us'] as const;

/** Judges an exchange that was read with all columns, by the same conditions as one that was decoded. */
export function matchesRow(matcher: ExchangeMatcher, transaction: Transaction): boolean {
  const { row } = transaction;
  const { agent_id: agentId = '', cluster = '', namespace = '', workload = '' } = row;
  if (!matcher.origin({ agentId, cluster, namespace, workload })) return false;
  ROW.clear();
  for (const name of TEXTS) {
    const text = row[name];
    if (text != null) ROW.setBytes(SLOT[name], Buffer.from(text));
  }
  for (const name of NUMBERS) {
    const value = row[name];
    if (value != null) ROW.setNumber(SLOT[name], Number(value));
  }
  return matcher.exchange(ROW, requestIdTime(row.request_id) ?? 0, stateOf(transaction));
}
