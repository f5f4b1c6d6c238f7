import type { Bench } from '../context.ts';
import { BEAT_AGENTS } from '../dataset/fill-sql.ts';
import { withClient } from '../dataset/client.ts';
import { openDataset, SMALL_ROWS } from '../dataset/dataset.ts';
import { startApi } from '../orchestrator/api-process.ts';
import { createGraphqlClient, type GraphqlClient } from '../orchestrator/graphql-client.ts';
import { fixed, times } from '../report/numbers.ts';
import type { Goal, SuiteResult, Table } from '../report/result.ts';
import { startNats } from '../rig.ts';
import { ALL_LIGHT_FIELDS, filterCases, NEWEST, pairCases, statsCases } from './query/cases.ts';
import { compare, timeCases, type Comparison, type Timing } from './query/timing.ts';

const MOST_NEWEST_MS = 10;
const MOST_FILTER_MS = 50;
const MOST_PAIR_MS = 150;
const MOST_STATS_MS = 50;
const MOST_BY_ROWS = 1.25;
const MOST_BY_BODIES = 1.05;
/** Comparisons of few per cent need more repeats than times do. */
const MORE = 10;
const BEAT_MS = 5_000;

/** GraphQL over HTTP against millions of rows. */
export async function querySuite(bench: Bench): Promise<SuiteResult> {
  const dataset = await openDataset(bench, ['small', 'bodies', 'large']);
  const nats = await startNats(bench, 'query');
  const open = async (set: 'small' | 'bodies' | 'large'): Promise<GraphqlClient> => {
    const api = await startApi(bench, { postgresUrl: dataset.url(set), natsUrl: nats.url, core: 'any' });
    const client = createGraphqlClient(api.port);
    bench.children.own({
      stop: () =>
        Promise.resolve().then(() => {
          client.close();
        }),
    });
    return client;
  };
  const large = await open('large');
  const beats = await keepAgentsAlive(dataset.url('large'));
  const { repeats } = bench.config;
  try {
    bench.progress('query: newest 50, small and large');
    const byRows = await compare(await open('small'), large, NEWEST, repeats * MORE);
    bench.progress('query: with and without bodies');
    // In processes of their own: one that has answered other lists before is some per cent faster.
    const [without, bodies] = [await open('small'), await open('bodies')];
    const light = { query: ALL_LIGHT_FIELDS, variables: {} };
    const byBodies = await compare(without, bodies, light, repeats * MORE);
    bench.progress('query: filters');
    const newest = await timeCases(large, [NEWEST], repeats * MORE);
    const filters = await timeCases(large, filterCases(), repeats);
    bench.progress('query: pairs of filters');
    const pairs = await timeCases(large, pairCases(), repeats);
    bench.progress('query: statistics of a day');
    const stats = await timeCases(large, statsCases(), repeats);
    return {
      suite: 'query',
      tables: [
        tableOf(`50 exchanges of ${fixed(bench.config.rows)}, milliseconds`, [...newest, ...filters]),
        tableOf('50 exchanges that two filters leave', pairs),
        tableOf('Statistics of the last 24 hours', stats),
      ],
      goals: [
        slowestGoal('Newest 50', newest, MOST_NEWEST_MS),
        slowestGoal('Each filter, whatever its value', filters, MOST_FILTER_MS),
        slowestGoal('Pairs of filters that hardly anything passes', pairs, MOST_PAIR_MS),
        slowestGoal('Statistics of a day', stats, MOST_STATS_MS),
        ratioGoal(
          `Newest 50 of ${fixed(bench.config.rows)}, against those of ${fixed(SMALL_ROWS)} in as many partitions`,
          byRows,
          MOST_BY_ROWS,
        ),
        ratioGoal(
          'A list with bodies of 1 MiB stored, against the same without them',
          byBodies,
          MOST_BY_BODIES,
        ),
      ],
      remarks: [],
      data: { newest, filters, pairs, stats, byRows, byBodies },
    };
  } finally {
    await beats();
  }
}

/** Without heartbeats every open exchange would become an incomplete one. Returns what ends it. */
async function keepAgentsAlive(url: string): Promise<() => Promise<void>> {
  const beat = (): Promise<void> =>
    withClient(url, async (client) => {
      await client.query(BEAT_AGENTS);
    });
  await beat();
  let running = Promise.resolve();
  const timer = setInterval(() => {
    running = beat();
  }, BEAT_MS);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

function tableOf(title: string, timings: readonly Timing[]): Table {
  return {
    title,
    columns: ['query', 'median ms', 'slowest ms', 'rows'],
    rows: timings.map(({ name, median, slowest, rows, problem }) => [
      problem === undefined ? name : `${name}: ${problem}`,
      fixed(median, 1),
      fixed(slowest, 1),
      fixed(rows),
    ]),
  };
}

function slowestGoal(sentence: string, timings: readonly Timing[], mostMs: number): Goal {
  const slowest = timings.toSorted((a, b) => b.median - a.median)[0];
  const problems = timings.filter(({ problem }) => problem !== undefined);
  const of = timings.length > 1 ? ` (${slowest?.name ?? ''})` : '';
  return {
    sentence,
    wanted: `≤ ${mostMs} ms`,
    measured:
      problems.length === 0
        ? `${fixed(slowest?.median ?? Number.NaN, 1)} ms${of}`
        : `not answered: ${problems.map(({ name }) => name).join(', ')}`,
    met: problems.length === 0 && slowest !== undefined && slowest.median <= mostMs,
  };
}

function ratioGoal(sentence: string, { baseMs, ms, problem }: Comparison, most: number): Goal {
  return {
    sentence,
    wanted: `≤ ${times(most)}`,
    measured: problem ?? `${times(ms / baseMs)} (${fixed(ms, 2)} ms, ${fixed(baseMs, 2)} ms)`,
    met: problem === undefined && ms / baseMs <= most,
  };
}
