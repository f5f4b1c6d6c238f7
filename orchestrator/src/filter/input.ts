import { badArgument } from '../query/bad-argument.ts';
import type { Builder } from '../query/builder.ts';
import type { ExchangeStateRef } from '../query/exchange-state-type.ts';
import type { ExchangeState } from '../query/exchange-state.ts';
import { checkList, checkRange, checkText, checkTime, type Given } from './checks.ts';
import type { ExchangeFilter } from './exchange-filter.ts';

/** A filter as clients send it: of the right types, and not checked further. */
export interface FilterInput {
  readonly methods?: Given<readonly string[]>;
  readonly status?: Given<RangeInput>;
  readonly host?: Given<string>;
  readonly pathPrefix?: Given<string>;
  readonly urlContains?: Given<string>;
  readonly clusters?: Given<readonly string[]>;
  readonly namespaces?: Given<readonly string[]>;
  readonly workloads?: Given<readonly string[]>;
  readonly agentIds?: Given<readonly string[]>;
  readonly since?: Given<Date>;
  readonly until?: Given<Date>;
  readonly durationMs?: Given<RangeInput>;
  readonly states?: Given<readonly ExchangeState[]>;
}

interface RangeInput {
  readonly min?: Given<number>;
  readonly max?: Given<number>;
}

const LONGEST_TEXT = 1_000;
/** The longest name that DNS allows, and a port. */
const LONGEST_HOST = 255;
/** Shorter texts have no trigram that an index could look up. */
const SHORTEST_PART = 3;
const LAST_STATUS = 999;
/** Some thirty years; a double holds each of its microseconds. */
const LONGEST_DURATION_MS = 1e12;

/** Declares `TransactionFilter`, and the ranges that it consists of. */
export function declareFilter(builder: Builder, exchangeState: ExchangeStateRef) {
  const intRange = builder.inputType('IntRange', {
    description: 'Both bounds belong to the range; one that is left out does not narrow.',
    fields: (t) => ({ min: t.int(), max: t.int() }),
  });
  const floatRange = builder.inputType('FloatRange', {
    description: 'Both bounds belong to the range; one that is left out does not narrow.',
    fields: (t) => ({ min: t.float(), max: t.float() }),
  });
  return builder.inputType('TransactionFilter', {
    description:
      'Narrows exchanges down: all that is given must hold, and of a list one entry. What is left out does not narrow; an empty list matches none.',
    fields: (t) => ({
      methods: t.stringList({ description: 'As on the wire; case matters.' }),
      status: t.field({
        type: intRange,
        description: `0 to ${LAST_STATUS}. Exchanges without a response match no range.`,
      }),
      host: t.string({
        description: `The host of the URL in any case, at most ${LONGEST_HOST} characters; with a port it must be the URL's, without one any port will do.`,
      }),
      pathPrefix: t.string({
        description: `What the path begins with, query included; case matters. 1 to ${LONGEST_TEXT} characters.`,
      }),
      urlContains: t.string({
        description: `A part of the URL; the case of ASCII letters does not matter. ${SHORTEST_PART} to ${LONGEST_TEXT} characters.`,
      }),
      clusters: t.stringList(),
      namespaces: t.stringList(),
      workloads: t.stringList(),
      agentIds: t.stringList(),
      since: t.field({
        type: 'DateTime',
        description: "Only exchanges whose request's first byte arrived at this moment or later.",
      }),
      until: t.field({
        type: 'DateTime',
        description: "Only exchanges whose request's first byte arrived before this moment.",
      }),
      durationMs: t.field({
        type: floatRange,
        description: 'From 0 on. Exchanges that have not ended match no range.',
      }),
      states: t.field({ type: [exchangeState] }),
    }),
  });
}

/** `TransactionFilter` as other declarations refer to it. */
export type FilterRef = ReturnType<typeof declareFilter>;

/**
 * Checks a filter that a client has sent.
 *
 * @throws GraphQLError `BAD_USER_INPUT` that names the first value that can't be used and what is allowed there
 */
export function readFilter(input: Given<FilterInput>): ExchangeFilter {
  if (input == null) return {};
  const text = (name: 'host' | 'pathPrefix' | 'urlContains', least: number, most: number) => {
    const value = input[name];
    return value == null ? undefined : checkText(`filter.${name}`, value, least, most);
  };
  const texts = (name: 'methods' | 'clusters' | 'namespaces' | 'workloads' | 'agentIds') =>
    checkList(`filter.${name}`, input[name])?.map((entry, index) =>
      checkText(`filter.${name}[${index}]`, entry, 0, LONGEST_TEXT),
    );
  const since = checkTime('filter.since', input.since);
  const until = checkTime('filter.until', input.until);
  if (since !== undefined && until !== undefined && since >= until)
    throw badArgument('filter.until', 'it is not after since', 'a moment after filter.since');
  return given({
    methods: texts('methods'),
    status: checkRange('filter.status', input.status, 0, LAST_STATUS),
    host: text('host', 1, LONGEST_HOST),
    pathPrefix: text('pathPrefix', 1, LONGEST_TEXT),
    urlContains: text('urlContains', SHORTEST_PART, LONGEST_TEXT),
    clusters: texts('clusters'),
    namespaces: texts('namespaces'),
    workloads: texts('workloads'),
    agentIds: texts('agentIds'),
    since,
    until,
    durationMs: checkRange('filter.durationMs', input.durationMs, 0, LONGEST_DURATION_MS),
    states: checkList('filter.states', input.states),
  });
}

/** The same without the properties that are undefined. */
function given<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
