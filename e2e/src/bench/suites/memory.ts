import { freePort } from '@culvert/demo/launcher/ports';
import type { Bench } from '../context.ts';
import { sidecar } from '../peers/sidecar.ts';
import { fixed, megabytes } from '../report/numbers.ts';
import type { Goal, SuiteResult } from '../report/result.ts';
import { startRig } from '../rig.ts';
import { fullLoad, type FullLoad } from './memory/full-load.ts';
import { outage, type Outage } from './memory/outage.ts';
import type { Subject } from './memory/subject.ts';
import { steadyLoad, type SteadyLoad } from './memory/steady-load.ts';

const RATE = 1000;
const MOST_BYTES = 90e6;
/** Growth from the middle third of a phase to its last that still counts as none. */
const MOST_GROWTH = 1.1;

/** The sidecar's memory: at a steady rate, at full load, and while NATS is away. */
export async function memorySuite(bench: Bench): Promise<SuiteResult> {
  const rig = await startRig(bench, 'memory');
  const during = async <T>(name: string, phase: (subject: Subject) => Promise<T>): Promise<T> => {
    bench.progress(`memory: ${name}`);
    await rig.streams.purge();
    const port = await freePort();
    const route = { port, upstreamPort: rig.upstreamPort, natsUrl: rig.nats.url };
    const forwarder = await sidecar.start(bench, route);
    const { books } = forwarder;
    if (books === undefined) throw new Error('the sidecar has no books');
    const result = await phase({ bench, rig, port, pid: forwarder.process.pid, books });
    await bench.children.stop(forwarder.process);
    return result;
  };
  const steady = await during('steady load', (subject) => steadyLoad(subject, RATE));
  const full = await during('full load', fullLoad);
  const away = await during('outage of NATS', (subject) => outage(subject, RATE));
  return {
    suite: 'memory',
    tables: [
      {
        title: 'Memory of the sidecar in MB, the largest of one sample a second',
        columns: ['phase', 'resident', 'proportional', 'private', 'last third ÷ middle third', 'samples'],
        rows: [
          ['1,000 requests/s', ...cells(steady)],
          [`full load, ${fixed(full.requestsPerSecond)} requests/s`, ...cells(full)],
          ['1,000 requests/s, NATS away', ...cells(away.during)],
          ['1,000 requests/s, NATS back', ...cells(away.after)],
        ],
      },
    ],
    goals: goalsOf(steady, full, away),
    remarks: [
      `While NATS was away for ${fixed(away.seconds)} s, ${fixed(away.answered)} requests were answered and ${fixed(away.failed)} failed; ` +
        `of ${fixed(away.audit.captured)} exchanges captured in the whole phase, ${fixed(away.audit.dropped)} were dropped because the spool ` +
        `was full and counted, and ${fixed(away.audit.acknowledged)} were acknowledged.`,
    ],
    data: { steady, full, outage: away },
  };
}

function cells({ largest, growth, samples }: SteadyLoad): string[] {
  return [
    megabytes(largest.resident),
    megabytes(largest.proportional),
    megabytes(largest.private),
    fixed(growth, 2),
    fixed(samples),
  ];
}

function goalsOf(steady: SteadyLoad, full: FullLoad, away: Outage): Goal[] {
  const growth = Math.max(full.growth, away.during.growth);
  return [
    {
      sentence: 'Working set of the sidecar at 1,000 requests a second',
      wanted: `≤ ${megabytes(MOST_BYTES)} MB`,
      measured: `${megabytes(steady.largest.resident)} MB`,
      met: steady.largest.resident <= MOST_BYTES,
    },
    {
      sentence: 'Growth of the working set late in full load and late in an outage of NATS',
      wanted: `≤ ${fixed(MOST_GROWTH, 2)} ×`,
      measured: `${fixed(growth, 2)} ×`,
      met: growth <= MOST_GROWTH,
    },
    {
      sentence:
        'Books after an outage of NATS: exchanges that are neither in the stream nor counted as dropped',
      wanted: '0',
      measured: [fixed(away.unexplained), ...away.audit.problems].join('; '),
      met: away.unexplained === 0 && away.audit.problems.length === 0 && away.failed === 0,
    },
  ];
}
