/**
 * docs/reference/metrics.md from the metrics that each process declares: `--write` renews the page, `--check` fails
 * when it is out of date, or when a metric breaks Prometheus's conventions.
 */
import { argv } from 'node:process';
import { writeOrCheck } from './drift.ts';
import { conventionFaults } from './metrics/conventions.ts';
import { declaredMetrics, misplacedDeclarations } from './metrics/declared.ts';
import { renderMetrics, type ProcessMetrics } from './metrics/render.ts';
import { REQUIRED_NAMES } from './metrics/required-names.ts';

const PROCESSES = [
  { name: 'Sidecar', folder: 'sidecar', standard: false },
  { name: 'Orchestrator', folder: 'orchestrator', standard: true },
  { name: 'Operator', folder: 'operator', standard: true },
];
/** What the format adds to a histogram's name. */
const ADDED = /_(count|sum|bucket)$/;

const processes: ProcessMetrics[] = [];
const faults: string[] = [];
for (const { name, folder, standard } of PROCESSES) {
  const metrics = await declaredMetrics(folder);
  // The standard ones depend on the system that they are declared on.
  const own = standard ? metrics.filter((metric) => metric.name.startsWith('culvert_')) : metrics;
  processes.push({ name, metrics: own, standard });
  faults.push(...misplacedDeclarations(folder), ...metrics.flatMap(conventionFaults));
}
const known = new Set(processes.flatMap(({ metrics }) => metrics.map(({ name }) => name)));
for (const { name, found } of REQUIRED_NAMES)
  for (const [metric] of found.matchAll(/culvert_\w+/g))
    if (!known.has(metric.replace(ADDED, '')) && !known.has(metric))
      faults.push(`${name} is said to be in ${metric}, which is no metric`);

for (const fault of faults) console.log(fault);
if (faults.length > 0) process.exitCode = 1;
writeOrCheck('docs/reference/metrics.md', renderMetrics(processes), argv.includes('--check'), 'make docs');
// Some metrics watch the process from when they are declared on, which would keep it running.
process.exit();
