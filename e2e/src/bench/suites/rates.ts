import { setTimeout as delay } from 'node:timers/promises';
import type { Audit } from '../accounts.ts';
import type { PeerName } from '../config.ts';
import type { Bench } from '../context.ts';
import { runVegeta, type VegetaResult } from '../load/vegeta.ts';
import { cpuMs, untilQuiet } from '../cpu.ts';
import { measure, startWarm, type Warm } from '../measure.ts';
import { chosenPeers } from '../peers/all.ts';
import type { Peer } from '../peers/peer.ts';
import { fixed, percent, times } from '../report/numbers.ts';
import type { Goal, SuiteResult, Table } from '../report/result.ts';
import { startRig, type Rig } from '../rig.ts';
import { disturbanceRemark, rotated, sharedRatios } from '../rounds.ts';
import { median } from '../statistics.ts';

/** The rate at which a pod that is hardly used counts, and what the sidecar may cost there against HAProxy. */
const QUIET_RATE = 100;
const MOST_AT_QUIET = 2;
/** Thousandths of a core that a sidecar may use without a request. */
const MOST_IDLE = 1;

/** A rate is measured over so many requests at least: at 100 a second, ten seconds. */
const LEAST_REQUESTS = 1000;
/** How long a process runs at a rate before it is measured there: what full load has left behind is no cost of the rate. */
const LEAD_IN_SECONDS = 5;

/** One run of one peer at one rate. */
interface Run extends VegetaResult {
  readonly peer: PeerName;
  readonly round: number;
  readonly rate: number;
  readonly cpuUs: number;
  readonly natsUs: number;
  readonly disturbance: number;
  readonly audit?: Audit;
}

/** Fixed rates from an open-loop generator, on each peer in turn. */
export async function ratesSuite(bench: Bench): Promise<SuiteResult> {
  const peers = chosenPeers(bench.config.peers);
  const rig = await startRig(bench, 'rates');
  const runs: Run[] = [];
  const idle: number[] = [];
  for (let round = 0; round < bench.config.runs; round++) {
    for (const peer of rotated(peers, round)) {
      const warm = await startWarm(bench, rig, peer);
      if (peer.name === 'sidecar') idle.push(await idleThousandths(bench, warm));
      for (const rate of bench.config.rates) runs.push(await runOnce(bench, rig, peer, warm, round, rate));
      await warm.stop();
      bench.progress(`rates ${round + 1}/${bench.config.runs} ${peer.title}`);
    }
  }
  return {
    suite: 'rates',
    tables: bench.config.rates.map((rate) =>
      tableOf(
        peers,
        runs.filter((run) => run.rate === rate),
        rate,
      ),
    ),
    goals: goalsOf(runs, idle),
    remarks: [disturbanceRemark(runs)],
    data: { runs, idle },
  };
}

/** What a peer uses of a core without a request, in thousandths. */
async function idleThousandths(bench: Bench, { process: { pid } }: Warm): Promise<number> {
  await untilQuiet(pid);
  const [before, started] = [await cpuMs(pid), performance.now()];
  await delay(bench.config.idleSeconds * 1000);
  return (1000 * ((await cpuMs(pid)) - before)) / (performance.now() - started);
}

async function runOnce(
  bench: Bench,
  rig: Rig,
  peer: Peer,
  warm: Warm,
  round: number,
  rate: number,
): Promise<Run> {
  await runVegeta(bench, { port: warm.port, rate, seconds: LEAD_IN_SECONDS });
  const seconds = Math.max(bench.config.durationSeconds, Math.ceil(LEAST_REQUESTS / rate));
  const cost = await measure(
    rig,
    warm,
    () => runVegeta(bench, { port: warm.port, rate, seconds }),
    answeredOf,
    0,
  );
  const answered = answeredOf(cost.result);
  return {
    ...cost.result,
    peer: peer.name,
    round,
    rate,
    cpuUs: (cost.cpuMs * 1000) / answered,
    natsUs: (cost.natsCpuMs * 1000) / answered,
    disturbance: cost.disturbance,
    ...(cost.audit === undefined ? {} : { audit: cost.audit }),
  };
}

function answeredOf(result: VegetaResult): number {
  return Math.round(result.requests * result.success);
}

function tableOf(peers: readonly Peer[], runs: readonly Run[], rate: number): Table {
  return {
    title: `${fixed(rate)} requests a second, open loop`,
    columns: [
      'process under test',
      'CPU µs/request',
      '× HAProxy',
      'answers/s',
      'answered',
      'p50 ms',
      'p95 ms',
      'p99 ms',
      'max ms',
      'NATS µs/request',
      'lost',
    ],
    rows: peers.map((peer) => {
      const own = runs.filter((run) => run.peer === peer.name);
      const middle = (value: (run: Run) => number): number => median(own.map(value));
      const audits = own.flatMap((run) => run.audit ?? []);
      return [
        peer.title,
        fixed(
          middle((run) => run.cpuUs),
          1,
        ),
        times(median(sharedRatios(runs, peer.name, (run) => run.cpuUs))),
        fixed(middle((run) => run.answersPerSecond)),
        percent(Math.min(...own.map((run) => run.success)), 1),
        ...(['p50', 'p95', 'p99', 'max'] as const).map((which) =>
          fixed(
            middle((run) => run.latencyMs[which]),
            2,
          ),
        ),
        audits.length > 0
          ? fixed(
              middle((run) => run.natsUs),
              1,
            )
          : '–',
        audits.length > 0 ? fixed(audits.reduce((sum, one) => sum + one.lost, 0)) : '–',
      ];
    }),
  };
}

function goalsOf(runs: readonly Run[], idle: readonly number[]): Goal[] {
  const own = runs.filter((run) => run.peer === 'sidecar');
  if (own.length === 0) return [];
  const lost = own.reduce((sum, run) => sum + (run.audit?.lost ?? run.requests), 0);
  const captured = own.reduce((sum, run) => sum + (run.audit?.captured ?? 0), 0);
  const problems = own.flatMap((run) => run.audit?.problems ?? []);
  const quiet = sharedRatios(
    runs.filter((run) => run.rate === QUIET_RATE),
    'sidecar',
    (run) => run.cpuUs,
  );
  const atQuiet = median(quiet);
  const atRest = median(idle);
  return [
    ...(quiet.length > 0
      ? [
          {
            sentence: `CPU per request at ${QUIET_RATE} requests a second, against HAProxy`,
            wanted: `≤ ${times(MOST_AT_QUIET)}`,
            measured: times(atQuiet),
            met: atQuiet <= MOST_AT_QUIET,
          },
        ]
      : []),
    {
      sentence: 'Thousandths of a core that a sidecar uses without a request',
      wanted: `≤ ${fixed(MOST_IDLE, 1)}`,
      measured: fixed(atRest, 2),
      met: atRest <= MOST_IDLE,
    },
    {
      sentence: 'Exchanges lost between the socket and the stream at fixed rates',
      wanted: '0',
      measured: `${fixed(lost)} of ${fixed(captured)}${problems.map((problem) => `; ${problem}`).join('')}`,
      met: lost === 0 && problems.length === 0,
    },
  ];
}
