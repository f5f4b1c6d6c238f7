import { setTimeout as delay } from 'node:timers/promises';
import { MEASURED_CORE } from '../children.ts';
import type { Bench } from '../context.ts';
import { cpuMs } from '../cpu.ts';
import { runVegeta } from '../load/vegeta.ts';
import { coreBusyMs } from '../machine.ts';
import { sampleMemory } from '../memory.ts';
import { fixed, megabytes, percent } from '../report/numbers.ts';
import type { Goal, SuiteResult } from '../report/result.ts';
import { median } from '../statistics.ts';
import { until } from '../until.ts';
import { startLiveStack, type LiveStack } from './live/stack.ts';
import { followedPath, type ViewersReport } from './live/viewers-report.ts';
import { startStuck, startViewers, type Protocol } from './live/viewers.ts';

const RATE = 5_000;
const VIEWERS = 20;
const STUCK_EACH = 5;
const WARM_UP_SECONDS = 8;
const STUCK_SECONDS = 12;
const MOST_P99_MS = 60;
const MOST_STUCK_BYTES = 2e6;
const FOLDERS = Array.from({ length: VIEWERS }, (_, viewer) => followedPath(viewer));
const NAMES: Readonly<Record<Protocol, string>> = { sse: 'server-sent events', ws: 'WebSockets' };

/** Subscribers of one protocol under load. */
interface Tail {
  readonly protocol: Protocol;
  readonly report: ViewersReport;
  readonly answered: number;
  readonly apiUsed: number;
  readonly otherUsed: number;
}

/** From the last byte of an exchange to its subscribers, and what a subscriber costs that reads nothing. */
export async function liveSuite(bench: Bench): Promise<SuiteResult> {
  const tails: Tail[] = [];
  for (const protocol of ['sse', 'ws'] as const) {
    const stack = await startLiveStack(bench, FOLDERS);
    tails.push(await tail(bench, stack, protocol));
    await bench.children.stopAll();
  }
  const stuck = await stuckViewers(bench, await startLiveStack(bench, FOLDERS));
  return {
    suite: 'live',
    tables: [
      {
        title: `${VIEWERS} subscribers at ${fixed(RATE)} exchanges a second, milliseconds from last byte to receipt`,
        columns: [
          'protocol',
          'p50',
          'p99',
          'largest',
          'received',
          'missing',
          'GapMarkers',
          'api of its core',
          'other core',
        ],
        rows: tails.map(({ protocol, report, answered, apiUsed, otherUsed }) => [
          NAMES[protocol],
          fixed(report.latencyMs.p50, 1),
          fixed(report.latencyMs.p99, 1),
          fixed(report.latencyMs.max, 1),
          fixed(report.received),
          fixed(answered - report.received),
          fixed(report.gaps),
          percent(apiUsed),
          percent(otherUsed),
        ]),
      },
    ],
    goals: [...tails.map(tailGoal), stuckGoal(stuck)],
    remarks: [
      `Resident memory of the api at that rate was ${megabytes(stuck.without)} MB, and ${megabytes(stuck.with)} MB with ` +
        `${2 * STUCK_EACH} subscribers more that read nothing while ${fixed(RATE * STUCK_SECONDS)} exchanges passed.`,
    ],
    data: { tails, stuck },
  };
}

async function tail(bench: Bench, { api, port }: LiveStack, protocol: Protocol): Promise<Tail> {
  bench.progress(`live: ${NAMES[protocol]}`);
  const viewers = await startViewers(bench, { protocol, port: api.port, count: VIEWERS });
  await load(bench, port, WARM_UP_SECONDS, 'warm');
  await untilStill(() => viewers.received());
  const before = {
    api: await cpuMs(api.process.pid),
    other: coreBusyMs(1 - MEASURED_CORE),
    at: performance.now(),
  };
  const answered = await load(bench, port, bench.config.liveSeconds, '');
  const elapsed = performance.now() - before.at;
  const apiUsed = ((await cpuMs(api.process.pid)) - before.api) / elapsed;
  const otherUsed = (coreBusyMs(1 - MEASURED_CORE) - before.other) / elapsed;
  await untilStill(() => viewers.received());
  const report = await viewers.stop();
  const { latencyMs } = report;
  bench.progress(
    `live: p50 ${fixed(latencyMs.p50, 1)} ms, p99 ${fixed(latencyMs.p99, 1)} ms ${report.problems.join('; ')}`,
  );
  return { protocol, report, answered, apiUsed, otherUsed };
}

/** Memory of the api at the same rate without and with subscribers that read nothing, in bytes. */
async function stuckViewers(
  bench: Bench,
  { api, port }: LiveStack,
): Promise<{ readonly without: number; readonly with: number }> {
  bench.progress('live: subscribers that read nothing');
  await startViewers(bench, { protocol: 'sse', port: api.port, count: VIEWERS });
  await load(bench, port, WARM_UP_SECONDS, '');
  const without = await residentDuring(api.process.pid, load(bench, port, STUCK_SECONDS, ''));
  await startStuck(bench, { port: api.port, overEvents: STUCK_EACH, overWebSockets: STUCK_EACH });
  const withThem = await residentDuring(api.process.pid, load(bench, port, STUCK_SECONDS, ''));
  return { without, with: withThem };
}

/** Loads with as many requests for each viewer's path, and returns how many were answered. */
async function load(bench: Bench, port: number, seconds: number, end: string): Promise<number> {
  const paths = FOLDERS.map((folder) => `${folder}?${end}`);
  const { requests, success } = await runVegeta(bench, { port, rate: RATE, seconds, paths });
  return Math.round(requests * success);
}

/** The middle of a process's resident sizes in the second half of something. */
async function residentDuring(pid: number, over: Promise<unknown>): Promise<number> {
  const samples: number[] = [];
  const timer = setInterval(() => samples.push(sampleMemory(pid).resident), 250);
  try {
    await over;
  } finally {
    clearInterval(timer);
  }
  return median(samples.slice(samples.length >> 1));
}

/** Waits until a number that is renewed each second stays the same. */
async function untilStill(read: () => number): Promise<void> {
  let last = -1;
  await until('everything has been received', async () => {
    const now = read();
    const still = now === last;
    last = now;
    if (!still) await delay(1_500);
    return still;
  });
}

function tailGoal({ protocol, report, answered }: Tail): Goal {
  const faults = [
    ...(report.gaps > 0 ? [`${fixed(report.gaps)} GapMarkers for ${fixed(report.lost)} exchanges`] : []),
    ...(report.received !== answered ? [`${fixed(report.received)} of ${fixed(answered)} received`] : []),
    ...(report.repeated > 0 ? [`${fixed(report.repeated)} repeated`] : []),
    ...report.problems,
  ];
  return {
    sentence: `Last byte to ${VIEWERS} subscribers over ${NAMES[protocol]}, p99, no GapMarker`,
    wanted: `≤ ${MOST_P99_MS} ms`,
    measured: [`${fixed(report.latencyMs.p99, 1)} ms`, ...faults].join('; '),
    met: report.latencyMs.p99 <= MOST_P99_MS && faults.length === 0,
  };
}

function stuckGoal(stuck: { readonly without: number; readonly with: number }): Goal {
  const each = (stuck.with - stuck.without) / (2 * STUCK_EACH);
  return {
    sentence: 'Memory of a subscriber that reads nothing',
    wanted: `≤ ${megabytes(MOST_STUCK_BYTES)} MB`,
    measured: `${megabytes(each)} MB`,
    met: each <= MOST_STUCK_BYTES,
  };
}
