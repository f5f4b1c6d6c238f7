import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@culvert/demo/launcher/ports';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Bench } from '../context.ts';
import { cpuMs, untilQuiet } from '../cpu.ts';
import { DATASET_LOG, openDataset } from '../dataset/dataset.ts';
import { runWrk } from '../load/wrk.ts';
import { startApi } from '../orchestrator/api-process.ts';
import { createGraphqlClient } from '../orchestrator/graphql-client.ts';
import { answers } from '../probe.ts';
import { fixed, percent, times } from '../report/numbers.ts';
import type { SuiteResult } from '../report/result.ts';
import { startNats } from '../rig.ts';
import { median } from '../statistics.ts';
import { recordStatements } from './list/statements.ts';
import { ALL_LIGHT_FIELDS } from './query/cases.ts';

const LEAST_RATIO = 0.5;
/** As many as the api opens at most. */
const CONNECTIONS = 10;
const ROWS = 50;

/** One of the two servers under load. */
interface Run {
  readonly requestsPerSecond: number;
  readonly failures: number;
  readonly cpuUs: number;
  /** Share of its core. */
  readonly used: number;
}

/** A list of 50 exchanges with all light fields, against the same SQL behind a bare server. */
export async function listSuite(bench: Bench): Promise<SuiteResult> {
  const dataset = await openDataset(bench, ['small']);
  const nats = await startNats(bench, 'list');
  const postgresUrl = dataset.url('small');
  const api = await startApi(bench, { postgresUrl, natsUrl: nats.url, core: 'measured' });
  const client = createGraphqlClient(api.port);
  const { data, problem, bytes } = await client.ask<{ transactions: { nodes: unknown[] } }>(ALL_LIGHT_FIELDS);
  if (data?.transactions.nodes.length !== ROWS)
    throw new Error(`the list is not answered: ${problem ?? 'too short'}`);
  const statements = await recordStatements(postgresUrl, join(bench.workDirectory, DATASET_LOG), () =>
    client.ask(ALL_LIGHT_FIELDS),
  );
  client.close();
  const file = join(bench.workDirectory, 'statements.json');
  await writeFile(file, JSON.stringify(statements));
  const bare = await startBare(bench, postgresUrl, file);

  const servers = [
    { name: 'api', ...api },
    { name: 'bare', ...bare },
  ] as const;
  const runs: Record<'api' | 'bare', Run[]> = { api: [], bare: [] };
  const post = {
    path: '/graphql',
    contentType: 'application/json',
    body: JSON.stringify({ query: ALL_LIGHT_FIELDS }),
  };
  for (let round = 0; round < bench.config.runs; round++)
    for (const { name, port, process } of round % 2 === 0 ? servers : servers.toReversed()) {
      await runWrk(bench, port, bench.config.warmUpSeconds, post);
      await untilQuiet(process.pid);
      const [cpu, begin] = [await cpuMs(process.pid), performance.now()];
      const { requests, requestsPerSecond, failures } = await runWrk(
        bench,
        port,
        bench.config.durationSeconds,
        post,
      );
      const used = (await cpuMs(process.pid)) - cpu;
      runs[name].push({
        requestsPerSecond,
        failures,
        cpuUs: (used * 1000) / requests,
        used: used / (performance.now() - begin),
      });
      bench.progress(`list ${round + 1}/${bench.config.runs}: ${name} ${fixed(requestsPerSecond)}/s`);
    }
  return resultOf(runs, statements.length, bytes);
}

async function startBare(
  bench: Bench,
  postgresUrl: string,
  file: string,
): Promise<{ readonly process: ManagedProcess; readonly port: number }> {
  const port = await freePort();
  const program = join(import.meta.dirname, '..', 'programs', 'bare-list.ts');
  const process = await bench.children.start({
    name: 'bare-list',
    core: 'measured',
    command: [globalThis.process.execPath, program, String(port), postgresUrl, file, String(CONNECTIONS)],
    ready: () => answers(port),
  });
  return { process, port };
}

function resultOf(
  runs: Readonly<Record<'api' | 'bare', readonly Run[]>>,
  statements: number,
  bytes: number,
): SuiteResult {
  const middle = (of: readonly Run[], value: (run: Run) => number): number => median(of.map(value));
  const cells = (of: readonly Run[]): string[] => [
    fixed(middle(of, (run) => run.requestsPerSecond)),
    fixed(middle(of, (run) => run.cpuUs)),
    percent(middle(of, (run) => run.used)),
    fixed(of.reduce((sum, run) => sum + run.failures, 0)),
  ];
  const ratio = median(
    runs.api.map((run, index) => run.requestsPerSecond / (runs.bare[index]?.requestsPerSecond ?? Number.NaN)),
  );
  const failures = [...runs.api, ...runs.bare].reduce((sum, run) => sum + run.failures, 0);
  return {
    suite: 'list',
    tables: [
      {
        title: `Lists of ${ROWS} exchanges with all light fields, 64 connections`,
        columns: ['server', 'requests/s', 'CPU µs/request', 'core used', 'failed'],
        rows: [
          ['Culvert, GraphQL', ...cells(runs.api)],
          ['node:http and pg', ...cells(runs.bare)],
        ],
      },
    ],
    goals: [
      {
        sentence: 'Requests per second, against a bare node:http server that runs the same SQL',
        wanted: `≥ ${times(LEAST_RATIO)}`,
        measured: failures === 0 ? times(ratio) : `${times(ratio)}, ${fixed(failures)} failed`,
        met: failures === 0 && ratio >= LEAST_RATIO,
      },
    ],
    remarks: [`Each list is ${fixed(statements)} statements and ${fixed(bytes)} bytes of GraphQL's answer.`],
    data: { runs, statements, bytes },
  };
}
