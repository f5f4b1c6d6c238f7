import { choice, integer, readSettings, type Setting, type Values } from '@culvert/runtime/config';

/** The suites in the order in which they run. */
export const SUITES = ['capture', 'rates', 'memory', 'ingest', 'operator', 'query', 'list', 'live'] as const;
export type SuiteName = (typeof SUITES)[number];

/** What can be measured side by side, in the order in which tables show it. */
export const PEERS = ['haproxy', 'nginx', 'relay', 'sidecar', 'node-http', 'mitmproxy'] as const;
export type PeerName = (typeof PEERS)[number];

/** What `make bench` can be told, each by an environment or make variable. */
export const settings = {
  suites: someOf('SUITES', SUITES, 'Which suites to run.'),
  peers: someOf('PEERS', PEERS, 'Which processes to measure; HAProxy is always among them.'),
  runs: integer('RUNS', 7, 'Interleaved runs of which the median is taken.', {
    min: 1,
    max: 99,
    unit: 'runs',
  }),
  durationSeconds: integer('DURATION', 4, 'How long each run loads.', { min: 1, max: 600, unit: 'seconds' }),
  warmUpSeconds: integer('WARM_UP', 2, 'Full load before each run, not measured.', {
    min: 1,
    max: 60,
    unit: 'seconds',
  }),
  neighbourRuns: integer(
    'NEIGHBOUR_RUNS',
    5,
    'Runs of the capture suite beside a neighbour that spoils the caches of both cores.',
    { min: 0, max: 99, unit: 'runs' },
  ),
  idleSeconds: integer('IDLE', 20, 'How long the sidecar is measured without a request.', {
    min: 1,
    max: 600,
    unit: 'seconds',
  }),
  backend: choice('BACKEND', 'file', ['file', 'memory'], 'Where the backend takes its answer from.'),
  rates: numbers('RATES', [100, 1000, 10_000], 'Fixed rates in requests a second.'),
  memorySeconds: integer('MEMORY_SECONDS', 60, 'How long the working set is sampled at each load.', {
    min: 5,
    max: 3600,
    unit: 'seconds',
  }),
  outageSeconds: integer('OUTAGE_SECONDS', 600, 'How long NATS stays away in the memory suite.', {
    min: 5,
    max: 7200,
    unit: 'seconds',
  }),
  exchanges: integer('EXCHANGES', 200_000, 'Exchanges that each round of the ingest suite stores.', {
    min: 1000,
    max: 1_000_000,
    unit: 'exchanges',
  }),
  admissionSeconds: integer('ADMISSION_SECONDS', 20, 'How long pods are created by dry run.', {
    min: 2,
    max: 600,
    unit: 'seconds',
  }),
  rows: integer('ROWS', 5_000_000, 'Exchanges of the data set that the query suite asks.', {
    min: 50_000,
    max: 50_000_000,
    unit: 'exchanges',
  }),
  repeats: integer('REPEATS', 15, 'How often the query suite asks each thing to take the median.', {
    min: 1,
    max: 1000,
    unit: 'times',
  }),
  liveSeconds: integer('LIVE_SECONDS', 20, 'How long subscribers are measured by each protocol.', {
    min: 2,
    max: 600,
    unit: 'seconds',
  }),
  write: choice(
    'WRITE',
    'auto',
    ['auto', 'always', 'never'],
    'Whether docs/benchmarks.md takes the results; auto leaves shortened and filtered runs out.',
  ),
} satisfies Record<string, Setting<unknown>>;

export type BenchConfig = Values<typeof settings>;

/** Reads what `make bench` was told. Throws ConfigurationError with every mistake. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): BenchConfig {
  return readSettings(settings, environment);
}

/** Whether the run is long and wide enough to be published: nothing was set below its default or filtered. */
export function isFullRun(config: BenchConfig): boolean {
  return (
    config.peers.length === PEERS.length &&
    config.backend === settings.backend.fallback &&
    config.runs >= settings.runs.fallback! &&
    config.durationSeconds >= settings.durationSeconds.fallback! &&
    config.neighbourRuns >= settings.neighbourRuns.fallback! &&
    config.idleSeconds >= settings.idleSeconds.fallback! &&
    config.memorySeconds >= settings.memorySeconds.fallback! &&
    config.outageSeconds >= settings.outageSeconds.fallback! &&
    config.exchanges >= settings.exchanges.fallback! &&
    config.admissionSeconds >= settings.admissionSeconds.fallback! &&
    config.rows >= settings.rows.fallback! &&
    config.repeats >= settings.repeats.fallback! &&
    config.liveSeconds >= settings.liveSeconds.fallback!
  );
}

function someOf<const W extends string>(
  variable: string,
  words: readonly W[],
  description: string,
): Setting<readonly W[]> {
  return {
    variable,
    description,
    fallback: words,
    shown: words.join(','),
    type: 'list, separated by commas',
    parse: (value) => {
      const named = value.split(',').map((word) => word.trim());
      const unknown = named.filter((word) => !(words as readonly string[]).includes(word));
      if (unknown.length > 0) throw new Error(`knows ${words.join(', ')}, not ${unknown.join(', ')}`);
      return words.filter((word) => named.includes(word));
    },
  };
}

function numbers(
  variable: string,
  fallback: readonly number[],
  description: string,
): Setting<readonly number[]> {
  return {
    variable,
    description,
    fallback,
    shown: fallback.join(','),
    type: 'whole numbers, separated by commas',
    parse: (value) =>
      value.split(',').map((word) => {
        if (!/^[1-9]\d{0,5}$/.test(word.trim()))
          throw new Error(`must be numbers from 1 to 999999, not ${JSON.stringify(value)}`);
        return Number(word);
      }),
  };
}
