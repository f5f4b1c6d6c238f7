import { checkTime } from '../filter/checks.ts';
import type { Builder } from './builder.ts';
import { fromStore } from './store-fault.ts';
import { readStatsFilter, STATS_COLUMNS, STATS_DIMENSIONS } from './stats-filter.ts';
import { MOST_BUCKETS, planStatsRange, STATS_BUCKETS } from './stats-range.ts';
import { withinStatsTime } from './stats-timeout.ts';
import { MOST_GROUPS, readStats, type StatsAnswer, type StatsGroup } from './stats-reader.ts';

interface Stats extends StatsAnswer {
  readonly since: number;
  readonly until: number;
}

/** What a group is taken to cost, when it is weighed how much a query asks for. */
const ASSUMED_GROUPS = 100;

/** Declares `transactionStats` and all that it takes and gives. */
export function declareStats(builder: Builder): void {
  const bucket = builder.enumType('StatsBucket', {
    description: 'How long a bucket is. Buckets begin on the clock, in UTC.',
    values: STATS_BUCKETS,
  });
  const dimension = builder.enumType('StatsDimension', { values: STATS_DIMENSIONS });
  const filter = builder.inputType('StatsFilter', {
    description:
      'Narrows what is counted: all that is given must hold, and of a list one entry. What is left out does not narrow; an empty list matches none.',
    fields: (t) => ({
      clusters: t.stringList(),
      namespaces: t.stringList(),
      workloads: t.stringList(),
      methods: t.stringList({ description: 'As registered; all others are _OTHER.' }),
      pathTemplates: t.stringList({ description: 'As pathTemplate of a group has them.' }),
      statusClasses: t.intList({ description: '1 to 5 for 1xx to 5xx, 0 for no response.' }),
    }),
  });
  const stats = declareAnswer(builder);
  builder.queryField('transactionStats', (t) =>
    t.field({
      type: stats,
      nullable: false,
      description: `Counts of exchanges that have ended, by when their requests began. Each is counted once, as soon as its end is stored. At most ${MOST_GROUPS} groups and ${MOST_BUCKETS} buckets.`,
      args: {
        filter: t.arg({ type: filter }),
        since: t.arg({ type: 'DateTime', required: true }),
        until: t.arg({ type: 'DateTime', description: 'Now, if it is left out.' }),
        bucket: t.arg({ type: bucket, description: 'One bucket for all, if it is left out.' }),
        groupBy: t.arg({ type: [dimension] }),
      },
      resolve: async (_root, given, { database, stats: limits, now }): Promise<Stats> => {
        const conditions = readStatsFilter(given.filter);
        const range = planStatsRange(
          {
            since: checkTime('since', given.since) ?? now(),
            until: checkTime('until', given.until),
            bucket: given.bucket ?? undefined,
          },
          limits,
          now(),
        );
        const groupBy = [...new Set(given.groupBy)].map((name) => STATS_COLUMNS[name]);
        const question = { range, conditions, groupBy };
        const answer = await fromStore(() => withinStatsTime(question, () => readStats(database, question)));
        return { ...answer, since: range.all.from, until: range.all.to };
      },
    }),
  );
}

function declareAnswer(builder: Builder) {
  const milliseconds = (us: number | undefined): number | null =>
    us === undefined ? null : Math.round(us) / 1_000;
  const group = builder.objectRef<StatsGroup>('StatsGroup').implement({
    description: 'Exchanges that were counted together. What they were not grouped by is null.',
    fields: (t) => ({
      bucketStart: t.field({
        type: 'DateTime',
        description: 'Null when there is one bucket for all.',
        resolve: (source) => source.bucketStart,
      }),
      cluster: t.string({ resolve: (source) => source.cluster }),
      namespace: t.string({ resolve: (source) => source.namespace }),
      workload: t.string({ resolve: (source) => source.workload }),
      method: t.string({
        description: '_OTHER for methods that are not registered, and for those that were not seen.',
        resolve: (source) => source.method,
      }),
      pathTemplate: t.string({
        description:
          'The path without query, its values folded: {number}, {uuid}, {date}, {hash}, {id}, {email}, {text}, {token}, and {value} where too many words were seen. ** stands for all that follows. Empty where no path is known.',
        resolve: (source) => source.path_template,
      }),
      statusClass: t.int({
        description: '1 to 5 for 1xx to 5xx, 0 for no response.',
        resolve: (source) => source.status_class,
      }),
      count: t.field({ type: 'BigInt', nullable: false, resolve: (source) => source.count }),
      errors: t.field({
        type: 'BigInt',
        nullable: false,
        description: 'With a status from 500 on, without a response, or with one that was cut off.',
        resolve: (source) => source.errors,
      }),
      errorShare: t.float({
        nullable: false,
        description: 'errors divided by count.',
        resolve: (source) => source.errors / source.count,
      }),
      p50Ms: t.float({
        description:
          'From the first byte of the request to the last of the response; within 4.4 %, as p90Ms and p99Ms.',
        resolve: (source) => milliseconds(source.p50),
      }),
      p90Ms: t.float({ resolve: (source) => milliseconds(source.p90) }),
      p99Ms: t.float({ resolve: (source) => milliseconds(source.p99) }),
      requestBytes: t.field({
        type: 'BigInt',
        nullable: false,
        description: 'Of request bodies.',
        resolve: (source) => source.requestBytes,
      }),
      responseBytes: t.field({
        type: 'BigInt',
        nullable: false,
        description: 'Of response bodies.',
        resolve: (source) => source.responseBytes,
      }),
    }),
  });
  return builder.objectRef<Stats>('TransactionStats').implement({
    description: 'What was counted from since on and before until.',
    fields: (t) => ({
      since: t.field({
        type: 'DateTime',
        nullable: false,
        description:
          'As asked for, widened to whole minutes; for more than six hours, and for buckets of an hour or more, to whole hours.',
        resolve: (source) => source.since,
      }),
      until: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'Widened as since.',
        resolve: (source) => source.until,
      }),
      groups: t.field({
        type: [group],
        nullable: false,
        extensions: { listSize: ASSUMED_GROUPS },
        description: 'Those with the most exchanges first.',
        resolve: (source) => source.groups,
      }),
      truncated: t.boolean({
        nullable: false,
        description: `Whether there are more groups than the ${MOST_GROUPS} that are told.`,
        resolve: (source) => source.truncated,
      }),
    }),
  });
}
