import { checkList, checkText, type Given } from '../filter/checks.ts';
import { badArgument } from './bad-argument.ts';

/** By what exchanges can be narrowed down and grouped, and the columns that say it. */
export const STATS_COLUMNS = {
  CLUSTER: 'cluster',
  NAMESPACE: 'namespace',
  WORKLOAD: 'workload',
  METHOD: 'method',
  PATH_TEMPLATE: 'path_template',
  STATUS_CLASS: 'status_class',
} as const;
export type StatsDimension = keyof typeof STATS_COLUMNS;
export type StatsColumn = (typeof STATS_COLUMNS)[StatsDimension];
export const STATS_DIMENSIONS = Object.keys(STATS_COLUMNS) as StatsDimension[];

/** A filter as clients send it: of the right types, and not checked further. */
export interface StatsFilterInput {
  readonly clusters?: Given<readonly string[]>;
  readonly namespaces?: Given<readonly string[]>;
  readonly workloads?: Given<readonly string[]>;
  readonly methods?: Given<readonly string[]>;
  readonly pathTemplates?: Given<readonly string[]>;
  readonly statusClasses?: Given<readonly number[]>;
}

/** What a column must be one of. */
export interface StatsCondition {
  readonly column: StatsColumn;
  readonly values: readonly (string | number)[];
}

const LISTS = {
  clusters: 'cluster',
  namespaces: 'namespace',
  workloads: 'workload',
  methods: 'method',
  pathTemplates: 'path_template',
} as const;
const LONGEST_TEXT = 1_000;
const MOST_STATUS_CLASS = 5;

/**
 * Checks a filter that a client has sent.
 *
 * @returns conditions that must all hold; one without values holds for nothing
 * @throws GraphQLError `BAD_USER_INPUT` that names the first value that can't be used
 */
export function readStatsFilter(input: Given<StatsFilterInput>): StatsCondition[] {
  if (input == null) return [];
  const conditions: StatsCondition[] = [];
  for (const [name, column] of Object.entries(LISTS) as [keyof typeof LISTS, StatsColumn][]) {
    const values = checkList(`filter.${name}`, input[name]);
    if (values === undefined) continue;
    for (const [index, value] of values.entries())
      checkText(`filter.${name}[${index}]`, value, 0, LONGEST_TEXT);
    conditions.push({ column, values });
  }
  const classes = checkList('filter.statusClasses', input.statusClasses);
  if (classes === undefined) return conditions;
  for (const [index, value] of classes.entries()) {
    if (value < 0 || value > MOST_STATUS_CLASS)
      throw badArgument(
        `filter.statusClasses[${index}]`,
        `${value} is no class of statuses`,
        `0 for no response, or 1 to ${MOST_STATUS_CLASS}`,
      );
  }
  return [...conditions, { column: 'status_class', values: classes }];
}
