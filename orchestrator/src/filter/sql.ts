import { sql, type RawBuilder, type SqlBool } from 'kysely';
import { lowestRequestId } from '@culvert/traffic/request-id';
import type { TransactionColumn } from '../query/read-plan.ts';
import type { ExchangeFilter, NumberRange } from './exchange-filter.ts';
import { isAbnormalEnd, stateCondition } from './state-sql.ts';

/** A filter as SQL over the columns of `http_transactions`. */
export interface FilterSql {
  /** All must hold. Each is written so that its index can serve it: see migration 0003. */
  readonly conditions: readonly RawBuilder<SqlBool>[];
  /** What the conditions read. */
  readonly columns: readonly TransactionColumn[];
  /** The names of the filter's fields behind the conditions. */
  readonly fields: readonly string[];
  /** Whether the one condition asks for one value of an index whose entries then follow the request id. */
  readonly ordered: boolean;
  /** Whether a condition's index is only made when an hour, or a slice of it, is over. */
  readonly indexedLater: boolean;
}

/** Ids from `from` on and before `before`, as a filter's time asks for; undefined for no bound. */
export interface IdRange {
  readonly from: string | undefined;
  readonly before: string | undefined;
}

/** What the time of a filter means for request ids. */
export function idRangeOf({ since, until }: ExchangeFilter): IdRange {
  const bound = (time: number | undefined) => (time === undefined ? undefined : lowestRequestId(time));
  return { from: bound(since), before: bound(until) };
}

/** A condition while it is gathered. */
interface Condition {
  readonly field: keyof ExchangeFilter;
  readonly columns: readonly TransactionColumn[];
  readonly condition: RawBuilder<SqlBool>;
  readonly ordered?: boolean;
}

/**
 * Writes a filter, except its time, as SQL.
 *
 * @param now Unix time in milliseconds, for the states
 * @returns undefined when nothing can match
 */
export function filterSql(filter: ExchangeFilter, now: number): FilterSql | undefined {
  const given: Condition[] = [];
  const add = (condition: Condition | undefined): void => {
    if (condition !== undefined) given.push(condition);
  };
  // An empty text stands for none in these two, so that no exchange has it.
  const methods = filter.methods?.filter((method) => method !== '');
  if (filter.host === '' || methods?.length === 0) return undefined;
  for (const list of [filter.clusters, filter.namespaces, filter.workloads, filter.agentIds, filter.states])
    if (list?.length === 0) return undefined;

  add(methods && methodsAre(methods));
  add(filter.status && statusIs(filter.status));
  add(filter.host === undefined ? undefined : hostIs(filter.host));
  if (filter.clusters) add(clustersAre(filter.clusters));
  add(filter.namespaces && oneOf('namespaces', 'namespace', filter.namespaces));
  add(filter.workloads && oneOf('workloads', 'workload', filter.workloads));
  add(filter.agentIds && oneOf('agentIds', 'agent_id', filter.agentIds));
  add(filter.durationMs && durationIs(filter.durationMs));
  add(filter.pathPrefix === undefined ? undefined : pathBeginsWith(filter.pathPrefix));
  add(filter.urlContains === undefined ? undefined : urlContains(filter.urlContains));
  if (filter.states)
    add({
      field: 'states',
      columns: ['agent_id', 'boot_id', 'outcome', 'started_at', 'received_at'],
      condition: stateCondition(filter.states, now),
      ordered: filter.states.length === 1 && isAbnormalEnd(filter.states[0]),
    });
  return {
    conditions: given.map(({ condition }) => condition),
    columns: [...new Set(given.flatMap(({ columns }) => columns))],
    fields: given.map(({ field }) => field),
    ordered: given.length === 1 && given[0]?.ordered === true,
    indexedLater: filter.urlContains !== undefined || filter.pathPrefix !== undefined,
  };
}

function equalsOneOf(expression: RawBuilder<unknown>, values: readonly string[]): RawBuilder<SqlBool> {
  return values.length === 1
    ? sql<SqlBool>`${expression} = ${values[0]}`
    : sql<SqlBool>`${expression} = any(${[...new Set(values)]}::text[])`;
}

/** Clusters lead the index of tenancy, which sorts as the database does and by namespaces before ids. */
function clustersAre(clusters: readonly string[]): Condition {
  return { field: 'clusters', columns: ['cluster'], condition: equalsOneOf(sql`cluster`, clusters) };
}

function oneOf(
  field: 'namespaces' | 'workloads' | 'agentIds',
  column: 'namespace' | 'workload' | 'agent_id',
  values: readonly string[],
): Condition {
  return {
    field,
    columns: [column],
    condition: equalsOneOf(sql`${sql.ref(column)} COLLATE "C"`, values),
    ordered: values.length === 1,
  };
}

/** A method can be long, and an entry of an index can not. */
const INDEXED_METHOD = 64;

function methodsAre(methods: readonly string[]): Condition {
  const cut = methods.map((method) => [...method].slice(0, INDEXED_METHOD).join(''));
  const condition = equalsOneOf(sql`left(method, ${sql.lit(INDEXED_METHOD)}) COLLATE "C"`, cut);
  const exact = cut.every((method) => [...method].length < INDEXED_METHOD);
  return {
    field: 'methods',
    columns: ['method'],
    condition: exact ? condition : sql`(${condition} AND ${equalsOneOf(sql`method COLLATE "C"`, methods)})`,
    ordered: methods.length === 1,
  };
}

function statusIs({ min, max }: NumberRange): Condition {
  return {
    field: 'status',
    columns: ['status'],
    condition: isWithin(sql`status`, min, max),
    ordered: min !== undefined && min === max,
  };
}

function isWithin(
  expression: RawBuilder<unknown>,
  min: number | undefined,
  max: number | undefined,
): RawBuilder<SqlBool> {
  if (min !== undefined && min === max) return sql`${expression} = ${min}`;
  const from = min === undefined ? undefined : sql<SqlBool>`${expression} >= ${min}`;
  const to = max === undefined ? undefined : sql<SqlBool>`${expression} <= ${max}`;
  if (from === undefined) return to ?? sql`true`;
  return to === undefined ? from : sql`(${from} AND ${to})`;
}

/**
 * The host without its port, so that it is found with any port. Its index holds a hash: hosts are long, and the rest
 * of the condition tells apart what has the same one.
 */
const HOST_NAME = sql`hashtext(lower(split_part(host, ':', 1) COLLATE "C"))`;

function hostIs(host: string): Condition {
  const wanted = lowerAscii(host);
  const whole = sql`lower(host COLLATE "C")`;
  const same = /:[0-9]*$/.test(wanted)
    ? sql<SqlBool>`${whole} = ${wanted}`
    : sql<SqlBool>`regexp_replace(${whole}, ':[0-9]*$', '') = ${wanted}`;
  return {
    field: 'host',
    columns: ['host'],
    condition: sql`(${HOST_NAME} = hashtext(${wanted.split(':')[0]} COLLATE "C") AND ${same})`,
    ordered: true,
  };
}

/** Quarters of powers of e: near enough to find long ones, and so few that new entries land side by side. */
const DURATION_CLASS = (microseconds: unknown): RawBuilder<unknown> =>
  sql`floor(4 * ln((${microseconds} + 1)::float8))::int2`;

function durationIs({ min, max }: NumberRange): Condition {
  const least = min === undefined ? undefined : microseconds(min, 1);
  const most = max === undefined ? undefined : microseconds(max, -1);
  const indexed = DURATION_CLASS(sql`duration_us`);
  const bounds = [
    ...(least === undefined
      ? []
      : [
          sql<SqlBool>`${indexed} >= ${DURATION_CLASS(sql`${least}::int8`)}`,
          sql<SqlBool>`duration_us >= ${least}`,
        ]),
    ...(most === undefined
      ? []
      : [
          sql<SqlBool>`${indexed} <= ${DURATION_CLASS(sql`${most}::int8`)}`,
          sql<SqlBool>`duration_us <= ${most}`,
        ]),
  ];
  return {
    field: 'durationMs',
    columns: ['duration_us'],
    condition: sql`(${sql.join(bounds, sql` AND `)})`,
  };
}

/**
 * The last whole number of microseconds, seen from outside, that as milliseconds still lies within a bound: compared
 * is what clients are shown, a double.
 *
 * @param inward 1 for a lower bound, −1 for an upper one
 */
function microseconds(bound: number, inward: 1 | -1): number {
  const within = (value: number): boolean => (value / 1_000 - bound) * inward >= 0;
  let value = Math.round(bound * 1_000);
  while (!within(value)) value += inward;
  while (within(value - inward)) value -= inward;
  return Math.max(value, 0);
}

/** A path can be long, and an entry of an index can not. */
const INDEXED_PATH = 255;

function pathBeginsWith(prefix: string): Condition {
  const cut = [...prefix].slice(0, INDEXED_PATH).join('');
  const begins = sql<SqlBool>`starts_with(left(path, ${sql.lit(INDEXED_PATH)}) COLLATE "C", ${cut})`;
  return {
    field: 'pathPrefix',
    columns: ['path'],
    condition: cut === prefix ? begins : sql`(${begins} AND starts_with(path COLLATE "C", ${prefix}))`,
  };
}

function urlContains(part: string): Condition {
  const folded = lowerAscii(part).replaceAll(/[\\%_]/g, (character) => `\\${character}`);
  return {
    field: 'urlContains',
    columns: ['url'],
    condition: sql`lower(url COLLATE "C") LIKE ${`%${folded}%`}`,
  };
}

/** As `lower(… COLLATE "C")` does: other letters keep their case. */
function lowerAscii(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
