import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { connect } from '@nats-io/transport-node';
import { startPostgres } from '@culvert/demo/launcher/postgres';
import type { Bench } from '../context.ts';
import { fixed, times } from '../report/numbers.ts';
import type { Goal, SuiteResult, Table } from '../report/result.ts';
import { startNats } from '../rig.ts';
import { median } from '../statistics.ts';
import { showSettings } from './ingest/copy.ts';
import { runRound, type Round } from './ingest/round.ts';

const LEAST_RATIO = 0.5;
const SETTINGS = [
  'server_version',
  'synchronous_commit',
  'fsync',
  'wal_level',
  'shared_buffers',
  'max_wal_size',
];

/** From JetStream to committed rows, against COPY of the very same rows from files. */
export async function ingestSuite(bench: Bench): Promise<SuiteResult> {
  const dataDirectory = join(bench.workDirectory, 'postgres');
  await mkdir(dataDirectory, { mode: 0o700 });
  const postgres = bench.children.own(
    await startPostgres({
      dataDir: dataDirectory,
      port: 0,
      logFile: join(bench.workDirectory, 'postgres.log'),
    }),
  );
  const nats = await startNats(bench, 'ingest');
  const connection = await connect({ servers: nats.url, maxReconnectAttempts: -1 });
  bench.children.own({ stop: () => connection.close() });
  const rounds: Round[] = [];
  for (let number = 0; number < bench.config.runs; number++) {
    const round = await runRound({ bench, postgres, dataDirectory, nats, connection }, number);
    rounds.push(round);
    const perSecond = (ms: number): string => fixed((bench.config.exchanges * 1000) / ms);
    bench.progress(
      `ingest ${number + 1}/${bench.config.runs}: ${perSecond(round.ingestMs)}/s, COPY ${perSecond(round.copyMs)}/s ` +
        round.problems.join('; '),
    );
  }
  return {
    suite: 'ingest',
    tables: [tableOf(rounds, bench.config.exchanges)],
    goals: goalsOf(rounds),
    remarks: [`Postgres: ${await showSettings(postgres.url, SETTINGS)}.`],
    data: { rounds },
  };
}

function tableOf(rounds: readonly Round[], exchanges: number): Table {
  const rate = (ms: number): string => fixed((exchanges * 1000) / ms);
  const each = (ms: number): string => fixed((ms * 1000) / exchanges, 1);
  const middle = (value: (round: Round) => number): number => median(rounds.map(value));
  const ingestMs = middle((round) => round.ingestMs);
  const copyMs = middle((round) => round.copyMs);
  return {
    title: 'Exchanges with a body of 0.5 KiB each: two rows an exchange',
    columns: [
      'way',
      'exchanges/s',
      'seconds',
      'Postgres CPU µs/exchange',
      'orchestrator CPU µs/exchange',
      'NATS CPU µs/exchange',
    ],
    rows: [
      [
        'ingest from JetStream',
        rate(ingestMs),
        fixed(ingestMs / 1000, 2),
        each(middle((round) => round.ingestCpuMs.postgres)),
        each(middle((round) => round.ingestCpuMs.orchestrator)),
        each(middle((round) => round.ingestCpuMs.nats)),
      ],
      [
        'COPY from files',
        rate(copyMs),
        fixed(copyMs / 1000, 2),
        each(middle((round) => round.copyCpuMs)),
        '–',
        '–',
      ],
    ],
  };
}

function goalsOf(rounds: readonly Round[]): Goal[] {
  const ratio = median(rounds.map((round) => round.copyMs / round.ingestMs));
  const problems = rounds.flatMap((round) => round.problems);
  return [
    {
      sentence: 'Rate of ingest against COPY of the same rows',
      wanted: `≥ ${times(LEAST_RATIO)}`,
      measured: times(ratio),
      met: ratio >= LEAST_RATIO,
    },
    {
      sentence: 'Exchanges that are not stored exactly once and whole',
      wanted: 'none',
      measured: problems.length === 0 ? 'none' : problems.join('; '),
      met: problems.length === 0,
    },
  ];
}
