import { isFullRun, type BenchConfig, type SuiteName } from './config.ts';
import type { Bench } from './context.ts';
import { busyShare, describeMachine, pinSelf } from './machine.ts';
import { writeDocument } from './report/document.ts';
import { headingMarkdown, type Setting } from './report/heading.ts';
import { suiteMarkdown } from './report/markdown.ts';
import { fixed, percent } from './report/numbers.ts';
import type { SuiteResult } from './report/result.ts';
import { captureSuite } from './suites/capture.ts';
import { ingestSuite } from './suites/ingest.ts';
import { listSuite } from './suites/list.ts';
import { liveSuite } from './suites/live.ts';
import { memorySuite } from './suites/memory.ts';
import { operatorSuite } from './suites/operator.ts';
import { querySuite } from './suites/query.ts';
import { ratesSuite } from './suites/rates.ts';
import { buildBundles } from './tools/bundle.ts';
import { prepareVersions } from './versions.ts';
import { measureYardstick, yardstickSentence } from './yardstick.ts';

/** How to run a suite. */
interface Suite {
  readonly run: (bench: Bench) => Promise<SuiteResult>;
  /** The cores of the bench itself and of all that it starts without saying more. */
  readonly cores: '0' | '0,1';
  readonly parameters: (config: BenchConfig) => string;
  /** Whether it compares what forwards requests. */
  readonly forwards?: true;
}

const SUITES: Readonly<Record<SuiteName, Suite>> = {
  capture: {
    run: captureSuite,
    cores: '0',
    forwards: true,
    parameters: (config) =>
      `${config.runs} runs of ${config.durationSeconds} s, then ${config.neighbourRuns} beside a neighbour`,
  },
  rates: {
    run: ratesSuite,
    cores: '0',
    forwards: true,
    parameters: (config) =>
      `${config.runs} runs of ${config.durationSeconds} s for each rate, ${config.idleSeconds} s without a request`,
  },
  memory: {
    run: memorySuite,
    cores: '0',
    forwards: true,
    parameters: (config) => `${config.memorySeconds} s for each load, ${config.outageSeconds} s without NATS`,
  },
  ingest: {
    run: ingestSuite,
    cores: '0,1',
    parameters: (config) => `${config.runs} rounds of ${config.exchanges} exchanges`,
  },
  operator: {
    run: operatorSuite,
    cores: '0,1',
    parameters: (config) => `1,000 policies and 5,000 pods, admission for ${config.admissionSeconds} s`,
  },
  query: {
    run: querySuite,
    cores: '0,1',
    parameters: (config) => `${fixed(config.rows)} exchanges, each query ${config.repeats} times`,
  },
  list: {
    run: listSuite,
    cores: '0',
    parameters: (config) => `${config.runs} rounds of ${config.durationSeconds} s`,
  },
  live: {
    run: liveSuite,
    cores: '0',
    parameters: (config) => `${config.liveSeconds} s by each protocol`,
  },
};

/** All results of one `make bench`. */
export interface Outcome {
  readonly started: Date;
  readonly results: readonly (SuiteResult & { readonly setting: Setting })[];
}

/** Installs and builds what is missing, then runs the chosen suites one after the other. */
export async function runSuites(bench: Bench, environment: NodeJS.ProcessEnv): Promise<Outcome> {
  const { config } = bench;
  const started = new Date();
  await buildBundles(bench);
  const versions = await prepareVersions(bench, config.suites, environment);
  bench.progress(
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  );
  const results: (SuiteResult & { readonly setting: Setting })[] = [];
  await pinSelf('0');
  const yardstick = await measureYardstick(
    bench,
    config.suites.some((name) => SUITES[name].forwards === true),
  );
  bench.progress(yardstickSentence(yardstick));
  for (const name of config.suites) {
    const suite = SUITES[name];
    await pinSelf(suite.cores);
    const setting = {
      date: new Date(),
      machine: describeMachine(),
      versions,
      busyBefore: await busyShare(),
      parameters: suite.parameters(config),
      yardstick,
    };
    bench.progress(
      `${name}: ${setting.parameters}; ${percent(setting.busyBefore, 1)} of both cores are in use`,
    );
    const result = await suite.run(bench);
    await bench.children.stopAll();
    const text = `${headingMarkdown(setting)}\n\n${suiteMarkdown(result)}`;
    process.stdout.write(`\n## ${name}\n\n${text}\n\n`);
    if (config.write === 'always' || (config.write === 'auto' && isFullRun(config)))
      await writeDocument(bench, { [name]: text });
    results.push({ ...result, setting });
  }
  return { started, results };
}
