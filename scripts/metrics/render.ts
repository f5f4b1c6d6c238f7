import type { DeclaredMetric } from './declared.ts';
import { REQUIRED_NAMES } from './required-names.ts';

/** A process with its metrics. */
export interface ProcessMetrics {
  readonly name: string;
  readonly metrics: readonly DeclaredMetric[];
  /** Whether it also has the library's metrics of the process and of Node. */
  readonly standard: boolean;
}

const INTRODUCTION = `# Metrics

<!-- Written by \`make docs\` from the files named …metrics.ts of each process. Change them there, not here. -->

Each process serves \`/metrics\` on its metrics port, in Prometheus's text format. Times are in seconds, sizes in bytes. Counters end
with \`_total\` and begin at 0 with the process; a histogram has \`_bucket\`, \`_sum\` and \`_count\`. Labels have few values: none
is taken from traffic, and of names that clients choose only the first hundred are kept apart.
`;

const STANDARD = `
Besides, the standard metrics of a process (\`process_…\`) and of Node (\`nodejs_…\`), among them how late the event loop is:
\`nodejs_eventloop_lag_seconds\` now, \`nodejs_eventloop_lag_p50_seconds\`, \`…_p99_seconds\` and \`…_max_seconds\` since the last scrape.
`;

/** The page of all metrics. */
export function renderMetrics(processes: readonly ProcessMetrics[]): string {
  return [INTRODUCTION, ...processes.map(renderProcess), renderNames()].join('\n');
}

function renderProcess({ name, metrics, standard }: ProcessMetrics): string {
  const rows = metrics.map(({ name: metric, type, labels, help }) => [
    `\`${metric}\``,
    type,
    labels.map((label) => `\`${label}\``).join(', '),
    help,
  ]);
  return `## ${name}\n\n${table(['metric', 'type', 'labels', 'meaning'], rows)}${standard ? STANDARD : ''}`;
}

function renderNames(): string {
  const rows = REQUIRED_NAMES.map(({ name, requirement, found }) => [`\`${name}\``, requirement, found]);
  return `## Names in the requirements

What [the requirements](../requirements.md) call by other names:

${table(['name', 'requirement', 'where it is'], rows)}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |\n`;
  return line(head) + line(head.map(() => '---')) + rows.map(line).join('');
}
