import type { Count } from '../exchange/exchange.ts';
import { escapeLine } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';
import { fit } from '../terminal/width.ts';
import { showDuration } from '../values/duration.ts';
import { showNumber, showSize } from '../values/size.ts';
import { showTime } from '../values/time.ts';

/** Exchanges that were counted together. */
export interface StatsGroup {
  readonly bucketStart: string | null;
  readonly cluster: string | null;
  readonly namespace: string | null;
  readonly workload: string | null;
  readonly method: string | null;
  readonly pathTemplate: string | null;
  /** 1 to 5; 0 for no response. */
  readonly statusClass: number | null;
  readonly count: Count;
  readonly errors: Count;
  readonly errorShare: number;
  readonly p50Ms: number | null;
  readonly p90Ms: number | null;
  readonly p99Ms: number | null;
  readonly requestBytes: Count;
  readonly responseBytes: Count;
}

/** What can be counted apart: its word on the command line, its name in GraphQL, its column. */
export const DIMENSIONS = [
  { word: 'cluster', name: 'CLUSTER', column: text('CLUSTER', ({ cluster }) => cluster) },
  { word: 'namespace', name: 'NAMESPACE', column: text('NAMESPACE', ({ namespace }) => namespace) },
  { word: 'workload', name: 'WORKLOAD', column: text('WORKLOAD', ({ workload }) => workload) },
  { word: 'method', name: 'METHOD', column: text('METHOD', ({ method }) => method) },
  {
    word: 'path',
    name: 'PATH_TEMPLATE',
    column: { ...text('PATH', ({ pathTemplate }) => pathTemplate), flexible: 16 },
  },
  { word: 'status', name: 'STATUS_CLASS', column: text('STATUS', statusWord) },
] as const;

/** The columns of counts. */
export function statsColumns(
  by: readonly (typeof DIMENSIONS)[number][],
  inBuckets: boolean,
  style: Style,
  now: number,
): readonly Column<StatsGroup>[] {
  const bucket: Column<StatsGroup> = {
    title: 'FROM',
    text: ({ bucketStart }) =>
      bucketStart === null ? '' : showTime(Date.parse(bucketStart), now).replace(/\.000$/, ''),
    paint: () => style.dim,
  };
  return [
    ...(inBuckets ? [bucket] : []),
    ...by.map(({ column }) => column),
    number('COUNT', ({ count }) => showNumber(count)),
    {
      ...number('ERRORS', ({ errors }) => showNumber(errors)),
      paint: ({ errors }) => (Number(errors) > 0 ? style.bad : undefined),
    },
    number('SHARE', ({ errorShare }) => `${(errorShare * 100).toFixed(errorShare < 0.1 ? 2 : 1)} %`),
    number('P50', ({ p50Ms }) => duration(p50Ms)),
    { ...number('P90', ({ p90Ms }) => duration(p90Ms)), drop: 3 },
    number('P99', ({ p99Ms }) => duration(p99Ms)),
    { ...number('SENT', ({ requestBytes }) => showSize(Number(requestBytes))), drop: 5 },
    { ...number('ANSWERED', ({ responseBytes }) => showSize(Number(responseBytes))), drop: 4 },
  ];
}

function text(title: string, of: (group: StatsGroup) => string | null): Column<StatsGroup> {
  return { title, text: (group) => fit(escapeLine(of(group) ?? '-'), 120) };
}

function number(title: string, of: (group: StatsGroup) => string): Column<StatsGroup> {
  return { title, text: of, align: 'right' };
}

function statusWord({ statusClass }: StatsGroup): string | null {
  return statusClass === null ? null : statusClass === 0 ? 'none' : `${statusClass}xx`;
}

function duration(milliseconds: number | null): string {
  return milliseconds === null ? '-' : showDuration(milliseconds);
}
