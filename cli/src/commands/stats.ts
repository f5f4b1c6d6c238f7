import { defineCommand } from '../command-line/command.ts';
import { choice, choices, defaulted, several } from '../command-line/option.ts';
import { given, placeOptions, timeOptions, timeRange } from '../exchange/filter-options.ts';
import { findWorkloads } from '../exchange/workloads.ts';
import { writeRows } from '../output/plain-table.ts';
import { DIMENSIONS, type StatsGroup, statsColumns } from '../output/stats-table.ts';
import { COUNTED_METHODS, parseCountedMethod } from '../values/method.ts';
import { parseTemplate } from '../values/path.ts';
import { parseMoment } from '../values/time.ts';
import { plainOutput } from './output-option.ts';

const STATS = `query CliStats($filter: StatsFilter, $since: DateTime!, $until: DateTime, $bucket: StatsBucket,
  $groupBy: [StatsDimension!]) {
  transactionStats(filter: $filter, since: $since, until: $until, bucket: $bucket, groupBy: $groupBy) {
    since until truncated
    groups { bucketStart cluster namespace workload method pathTemplate statusClass count errors errorShare
      p50Ms p90Ms p99Ms requestBytes responseBytes } } }`;

const BUCKETS = { '1m': 'MINUTE', '5m': 'FIVE_MINUTES', '1h': 'HOUR', '1d': 'DAY' } as const;

/** `culvert stats` */
export const stats = defineCommand(
  {
    words: ['stats'],
    summary: 'Count exchanges: errors, latencies and bytes, by what you choose',
    options: {
      by: choices(
        { name: 'by', placeholder: 'WHAT', summary: 'Count apart for each of these.' },
        DIMENSIONS.map(({ word }) => word),
      ),
      bucket: choice(
        { name: 'bucket', placeholder: 'TIME', summary: 'Count apart for each such span of time.' },
        Object.keys(BUCKETS) as (keyof typeof BUCKETS)[],
      ),
      since: defaulted(
        {
          ...timeOptions.since,
          placeholder: 'TIME',
          summary: 'From then on: 15m, 2h (so long ago; 1h by default) or 2026-11-21T14:00:00Z.',
        },
        { agoMs: 3_600_000 },
        parseMoment,
      ),
      until: timeOptions.until,
      ...placeOptions,
      method: {
        ...several(
          {
            name: 'method',
            short: 'm',
            placeholder: 'METHOD',
            summary: `Of these methods: ${COUNTED_METHODS.slice(0, -1).join(', ')}, or _OTHER for all others.`,
          },
          parseCountedMethod,
        ),
        choices: COUNTED_METHODS,
      },
      path: several(
        {
          name: 'path',
          short: 'p',
          placeholder: 'TEMPLATE',
          summary: 'Of these path templates, as --by path shows them.',
        },
        parseTemplate,
      ),
      status: several(
        {
          name: 'status',
          short: 's',
          placeholder: 'CLASS',
          summary: 'Answered so: 2xx, 5xx, or none for no answer.',
        },
        parseStatusClass,
      ),
      output: plainOutput,
    },
    notes: [
      'Each exchange counts once, when it has ended. Errors are answers from 500 on, and exchanges without a whole answer. Percentiles are within 5 % of the true ones. The times are widened to whole minutes, or whole hours for what is long ago.',
      'Those with the most exchanges come first; with --bucket, all are in the order of time.',
    ],
    examples: [
      { line: 'culvert stats', does: 'the last hour in one line' },
      { line: 'culvert stats --by workload', does: 'which workload fails or is slow' },
      { line: 'culvert stats --by method,path -n shop --since 1d', does: 'each endpoint of a namespace' },
      { line: 'culvert stats --bucket 5m --by status --since 2h', does: 'how answers went over time' },
    ],
  },
  async (values, _operands, session) => {
    const now = session.now();
    const by = DIMENSIONS.filter(({ word }) => values.by?.includes(word) === true);
    const range = timeRange(values, now);
    const filter = given({
      clusters: values.cluster,
      ...(await findWorkloads(session.client, values.workload, values.namespace)),
      methods: values.method,
      pathTemplates: values.path,
      statusClasses: values.status,
    });
    const { transactionStats } = await session.client.ask<{
      transactionStats: { since: string; until: string; truncated: boolean; groups: readonly StatsGroup[] };
    }>(STATS, {
      filter,
      ...range,
      bucket: values.bucket && BUCKETS[values.bucket],
      groupBy: by.map(({ name }) => name),
    });
    const { truncated } = transactionStats;
    const groups = values.bucket === undefined ? transactionStats.groups : inTime(transactionStats.groups);
    await writeRows(
      session,
      values.output,
      groups,
      statsColumns(by, values.bucket !== undefined, session.style, now),
    );
    if (groups.length === 0)
      session.say(`no exchange ended from ${transactionStats.since} to ${transactionStats.until}`);
    if (truncated)
      session.say(`only the ${groups.length} largest groups: narrow it down, or choose fewer with --by`);
    return 0;
  },
);

/** The order of time; within a bucket it stays. */
function inTime(groups: readonly StatsGroup[]): readonly StatsGroup[] {
  const start = ({ bucketStart }: StatsGroup): number => Date.parse(bucketStart ?? '');
  return groups.toSorted((one, other) => start(one) - start(other));
}

/** @throws Error whose message completes "--status …" */
function parseStatusClass(text: string): number {
  const [, digit] = /^([1-5])(?:xx)?$/i.exec(text) ?? [];
  if (digit === undefined && text !== 'none')
    throw new Error(`must be 1xx, 2xx, 3xx, 4xx, 5xx or none, not ${JSON.stringify(text)}`);
  return Number(digit ?? 0);
}
