import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { cacheDirectory } from '@culvert/demo/launcher/cache-directory';
import { ConfigurationError } from '@culvert/runtime/config';
import { createChildren } from './children.ts';
import { isFullRun, readConfig, settings, type BenchConfig } from './config.ts';
import type { Bench } from './context.ts';
import { runSuites } from './run-suites.ts';

const FAREWELL_MS = 1_000;

const HELP = `Usage: make bench [VARIABLE=value …]

Measures Culvert against other proxies, COPY and a bare server, prints tables, and writes docs/benchmarks.md and
.culvert/bench/. Takes about an hour and a quarter; shorter runs are for trying things out.

${Object.values(settings)
  .map(({ variable, description, fallback, shown }) => {
    const usual = shown ?? String(fallback);
    return `  ${variable.padEnd(15)} ${description}\n${' '.repeat(18)}${usual}`;
  })
  .join('\n')}

Exit codes: 0 every goal was met, 1 one was not or something is missing, 2 wrong usage, 130 interrupted.
`;

/** Runs the bench and returns the exit code. */
async function main(args: readonly string[]): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(HELP);
    return 0;
  }
  if (args.length > 0) {
    process.stderr.write(`bench: unknown argument ${args[0] ?? ''}; try --help\n`);
    return 2;
  }
  const config = readConfig(process.env);
  if (process.platform !== 'linux')
    throw new Error('the bench reads /proc and pins processes: it needs Linux');
  if (availableParallelism() < 2) throw new Error('the bench needs two cores');
  return run(config);
}

async function run(config: BenchConfig): Promise<number> {
  const root = join(import.meta.dirname, '..', '..', '..');
  const results = join(root, '.culvert', 'bench');
  const cache = join(cacheDirectory(process.env), 'bench');
  await mkdir(cache, { recursive: true });
  await mkdir(results, { recursive: true });
  const workDirectory = await mkdtemp(join(results, 'work-'));
  const children = createChildren(workDirectory, process.env);
  const bench: Bench = {
    config,
    root,
    workDirectory,
    cacheDirectory: cache,
    children,
    progress: (line) => process.stderr.write(`${new Date().toISOString().slice(11, 19)} ${line}\n`),
  };
  const running = runSuites(bench, process.env);
  try {
    const outcome = await Promise.race([running, untilInterrupted()]);
    if (outcome === 'interrupted') return 130;
    const file = join(results, `${outcome.started.toISOString().replaceAll(':', '-')}.json`);
    await writeFile(file, `${JSON.stringify(outcome, undefined, 2)}\n`);
    bench.progress(`every run stands in ${file}`);
    if (!isFullRun(config) && config.write === 'auto')
      bench.progress('docs/benchmarks.md stays as it is: this was a shortened or filtered run');
    return outcome.results.every((result) => result.goals.every((goal) => goal.met)) ? 0 : 1;
  } finally {
    await children.close();
    // What was interrupted fails now, because nothing answers it any more.
    await Promise.race([running.catch(() => undefined), delay(FAREWELL_MS)]);
    await rm(workDirectory, { recursive: true, force: true, maxRetries: 5 });
  }
}

function untilInterrupted(): Promise<'interrupted'> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => {
        resolve('interrupted');
      });
  });
}

main(process.argv.slice(2)).then(
  (status) => process.exit(status),
  (error: unknown) => {
    const wrongUsage = error instanceof ConfigurationError;
    process.stderr.write(`bench: ${describe(error)}\n`);
    process.exit(wrongUsage ? 2 : 1);
  },
);

/** A message with its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}\n  because ${describe(error.cause)}`;
}
