import type { Audit } from '../accounts.ts';
import type { PeerName } from '../config.ts';
import type { Bench } from '../context.ts';
import { runWrk, WRK_CONNECTIONS } from '../load/wrk.ts';
import { measure, startWarm } from '../measure.ts';
import { startNeighbour } from '../neighbour.ts';
import { chosenPeers } from '../peers/all.ts';
import type { Peer } from '../peers/peer.ts';
import { fixed, percent, times } from '../report/numbers.ts';
import type { Goal, SuiteResult, Table } from '../report/result.ts';
import { startRig, type Rig } from '../rig.ts';
import { disturbanceRemark, rotated, sharedRatios } from '../rounds.ts';
import { median, range } from '../statistics.ts';

/** Alone, in the median. */
const ALONE = { mostCpu: 1.2, leastThroughput: 0.95 };
/** Beside a neighbour, in every single run. */
const BESIDE = { mostCpu: 1.5, leastThroughput: 0.7 };

/** One run of one peer. */
interface Run {
  readonly peer: PeerName;
  readonly round: number;
  readonly requests: number;
  readonly failures: number;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly natsUs: number;
  /** How much of its core the process used. */
  readonly busy: number;
  readonly disturbance: number;
  readonly audit?: Audit;
}

/** Full load from 64 connections on each peer in turn, again and again: alone, then beside a neighbour. */
export async function captureSuite(bench: Bench): Promise<SuiteResult> {
  const { config } = bench;
  const peers = chosenPeers(config.peers);
  const rig = await startRig(bench, 'capture');
  const alone = await runRounds(bench, rig, peers, config.runs, 'capture');
  // mitmproxy and its like say nothing about caches, and take as long as all others.
  const compared = peers.filter(({ name }) => name === 'haproxy' || name === 'relay' || name === 'sidecar');
  const neighbour = config.neighbourRuns > 0 ? await startNeighbour(bench) : undefined;
  const beside = await runRounds(bench, rig, compared, config.neighbourRuns, 'capture beside a neighbour');
  await neighbour?.stop();
  const load = `${WRK_CONNECTIONS} connections, answers of 1 KiB`;
  return {
    suite: 'capture',
    tables: [
      tableOf(`Full load, ${load}`, peers, alone),
      ...(beside.length > 0
        ? [tableOf(`The same beside a neighbour that spoils the caches, ${load}`, compared, beside)]
        : []),
    ],
    goals: [...goalsAlone(alone), ...goalsBeside(beside), ...lossGoals([...alone, ...beside])],
    remarks: [disturbanceRemark(alone)],
    data: { runs: alone, beside },
  };
}

async function runRounds(
  bench: Bench,
  rig: Rig,
  peers: readonly Peer[],
  rounds: number,
  title: string,
): Promise<Run[]> {
  const runs: Run[] = [];
  for (let round = 0; round < rounds; round++) {
    for (const peer of rotated(peers, round)) {
      const run = await runOnce(bench, rig, peer, round);
      runs.push(run);
      bench.progress(
        `${title} ${round + 1}/${rounds} ${peer.title}: ${fixed(run.perSecond)}/s, ${fixed(run.cpuUs, 1)} µs` +
          (run.audit === undefined ? '' : `, ${run.audit.lost} lost ${run.audit.problems.join('; ')}`),
      );
    }
  }
  return runs;
}

async function runOnce(bench: Bench, rig: Rig, peer: Peer, round: number): Promise<Run> {
  const warm = await startWarm(bench, rig, peer);
  const cost = await measure(
    rig,
    warm,
    () => runWrk(bench, warm.port, bench.config.durationSeconds),
    (result) => result.requests,
    WRK_CONNECTIONS,
  );
  await warm.stop();
  const { requests, failures, requestsPerSecond } = cost.result;
  return {
    peer: peer.name,
    round,
    requests,
    failures,
    perSecond: requestsPerSecond,
    cpuUs: (cost.cpuMs * 1000) / requests,
    natsUs: (cost.natsCpuMs * 1000) / requests,
    busy: cost.cpuMs / cost.elapsedMs,
    disturbance: cost.disturbance,
    ...(cost.audit === undefined ? {} : { audit: cost.audit }),
  };
}

function tableOf(title: string, peers: readonly Peer[], runs: readonly Run[]): Table {
  return {
    title,
    columns: [
      'process under test',
      'CPU µs/request',
      'lowest–highest',
      '× HAProxy',
      'requests/s',
      '× HAProxy',
      'core used',
      'NATS µs/request',
      'lost',
      'failed',
    ],
    rows: peers.map((peer) => {
      const own = runs.filter((run) => run.peer === peer.name);
      const [low, high] = range(own.map((run) => run.cpuUs));
      const audits = own.flatMap((run) => run.audit ?? []);
      return [
        peer.title,
        fixed(median(own.map((run) => run.cpuUs)), 1),
        `${fixed(low, 1)}–${fixed(high, 1)}`,
        times(median(sharedRatios(runs, peer.name, (run) => run.cpuUs))),
        fixed(median(own.map((run) => run.perSecond))),
        times(median(sharedRatios(runs, peer.name, (run) => run.perSecond))),
        percent(median(own.map((run) => run.busy))),
        audits.length > 0 ? fixed(median(own.map((run) => run.natsUs)), 1) : '–',
        audits.length > 0 ? fixed(audits.reduce((sum, one) => sum + one.lost, 0)) : '–',
        fixed(own.reduce((sum, run) => sum + run.failures, 0)),
      ];
    }),
  };
}

function goalsAlone(runs: readonly Run[]): Goal[] {
  const cpu = sharedRatios(runs, 'sidecar', (run) => run.cpuUs);
  const throughput = sharedRatios(runs, 'sidecar', (run) => run.perSecond);
  if (cpu.length === 0) return [];
  return ratioGoals('', median(cpu), median(throughput), ALONE);
}

function goalsBeside(runs: readonly Run[]): Goal[] {
  const cpu = sharedRatios(runs, 'sidecar', (run) => run.cpuUs);
  const throughput = sharedRatios(runs, 'sidecar', (run) => run.perSecond);
  if (cpu.length === 0) return [];
  return ratioGoals(
    ', in the worst run beside a neighbour',
    Math.max(...cpu),
    Math.min(...throughput),
    BESIDE,
  );
}

function ratioGoals(where: string, cpu: number, throughput: number, bounds: typeof ALONE): Goal[] {
  return [
    {
      sentence: `CPU per request with full capture, against plain forwarding by HAProxy${where}`,
      wanted: `≤ ${times(bounds.mostCpu)}`,
      measured: times(cpu),
      met: cpu <= bounds.mostCpu,
    },
    {
      sentence: `Requests per second, against HAProxy${where}`,
      wanted: `≥ ${times(bounds.leastThroughput)}`,
      measured: times(throughput),
      met: throughput >= bounds.leastThroughput,
    },
  ];
}

function lossGoals(runs: readonly Run[]): Goal[] {
  const own = runs.filter((run) => run.peer === 'sidecar');
  if (own.length === 0) return [];
  const captured = own.reduce((sum, run) => sum + (run.audit?.captured ?? 0), 0);
  const lost = own.reduce((sum, run) => sum + (run.audit?.lost ?? run.requests), 0);
  const problems = own.flatMap((run) => run.audit?.problems ?? []);
  return [
    {
      sentence: 'Exchanges lost between the socket and the stream at full load',
      wanted: '0',
      measured: `${fixed(lost)} of ${fixed(captured)}${problems.map((problem) => `; ${problem}`).join('')}`,
      met: lost === 0 && problems.length === 0,
    },
  ];
}
