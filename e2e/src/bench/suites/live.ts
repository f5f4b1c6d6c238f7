import type { Bench } from '../context.ts';
import { fixed, megabytes, percent } from '../report/numbers.ts';
import type { Goal, SuiteResult } from '../report/result.ts';
import { FOLDERS, RATE, VIEWERS } from './live/load.ts';
import { startLiveStack } from './live/stack.ts';
import { STUCK, STUCK_SECONDS, stuckCost, type StuckCost } from './live/stuck.ts';
import { PROTOCOLS, tail, type Tail } from './live/tail.ts';

const MOST_P99_MS = 60;
const MOST_STUCK_BYTES = 2e6;
/** Share of the requests that must have been sent and answered for a rate to count as reached. */
const REACHED = 0.99;

/** From the last byte of an exchange to its subscribers, and what a subscriber costs that reads nothing. */
export async function liveSuite(bench: Bench): Promise<SuiteResult> {
  const tails: Tail[] = [];
  for (const protocol of ['sse', 'ws'] as const) {
    bench.progress(`live: ${PROTOCOLS[protocol]}`);
    const measured = await tail(bench, await startLiveStack(bench, FOLDERS), protocol);
    const { latencyMs } = measured.report;
    bench.progress(`live: p50 ${fixed(latencyMs.p50, 1)} ms, p99 ${fixed(latencyMs.p99, 1)} ms`);
    tails.push(measured);
    await bench.children.stopAll();
  }
  bench.progress('live: subscribers that read nothing');
  const stuck = await stuckCost(bench, await startLiveStack(bench, FOLDERS));
  const processes = Object.keys(tails[0]?.used ?? {});
  return {
    suite: 'live',
    tables: [
      {
        title: `${VIEWERS} subscribers at ${fixed(RATE)} exchanges a second, milliseconds from last byte to receipt`,
        columns: ['protocol', 'p50', 'p99', 'largest', 'received', 'missing', 'GapMarkers'],
        rows: tails.map(({ protocol, report, answered }) => [
          PROTOCOLS[protocol],
          fixed(report.latencyMs.p50, 1),
          fixed(report.latencyMs.p99, 1),
          fixed(report.latencyMs.max, 1),
          fixed(report.received),
          fixed(answered - report.received),
          fixed(report.gaps),
        ]),
      },
      {
        title: 'Shares of a core meanwhile',
        columns: ['protocol', ...processes, 'all of core 0'],
        rows: tails.map(({ protocol, used, otherCore }) => [
          PROTOCOLS[protocol],
          ...processes.map((name) => percent(used[name] ?? Number.NaN)),
          percent(otherCore),
        ]),
      },
    ],
    goals: [...tails.map((measured) => tailGoal(measured, bench.config.liveSeconds)), stuckGoal(stuck)],
    remarks: [
      `Resident memory of the api at that rate was ${megabytes(stuck.without)} MB, and ${megabytes(stuck.with)} MB with ` +
        `${STUCK} subscribers more that read nothing while ${fixed(RATE * STUCK_SECONDS)} exchanges passed.`,
    ],
    data: { tails, stuck },
  };
}

function tailGoal({ protocol, report, answered }: Tail, seconds: number): Goal {
  const faults = [
    ...(answered < RATE * seconds * REACHED ? [`only ${fixed(answered / seconds)} a second answered`] : []),
    ...(report.gaps > 0 ? [`${fixed(report.gaps)} GapMarkers for ${fixed(report.lost)} exchanges`] : []),
    ...(report.received !== answered ? [`${fixed(report.received)} of ${fixed(answered)} received`] : []),
    ...(report.repeated > 0 ? [`${fixed(report.repeated)} repeated`] : []),
    ...report.problems,
  ];
  return {
    sentence: `Last byte to ${VIEWERS} subscribers over ${PROTOCOLS[protocol]}, p99, no GapMarker`,
    wanted: `≤ ${MOST_P99_MS} ms`,
    measured: [`${fixed(report.latencyMs.p99, 1)} ms`, ...faults].join('; '),
    met: report.latencyMs.p99 <= MOST_P99_MS && faults.length === 0,
  };
}

function stuckGoal(stuck: StuckCost): Goal {
  const each = (stuck.with - stuck.without) / STUCK;
  return {
    sentence: 'Memory of a subscriber that reads nothing',
    wanted: `≤ ${megabytes(MOST_STUCK_BYTES)} MB`,
    measured: `${megabytes(each)} MB`,
    met: each <= MOST_STUCK_BYTES,
  };
}
