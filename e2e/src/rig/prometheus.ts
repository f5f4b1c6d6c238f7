import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { debianPackage } from '@culvert/demo/launcher/debian-package';
import { freePort } from '@culvert/demo/launcher/ports';
import { startProcess } from '@culvert/demo/launcher/process';

/** One series of an answer, with its value at the moment of the question. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A running Prometheus. */
export interface Prometheus {
  /** Evaluates PromQL; fails for expressions that it does not understand. */
  evaluate(expression: string): Promise<readonly Sample[]>;
  /** The state of each target, by its job. */
  targets(): Promise<Readonly<Record<string, string>>>;
}

/** Where Prometheus and its checker come from. */
export const PROMETHEUS = { package: 'prometheus', programs: ['usr/bin/prometheus', 'usr/bin/promtool'] };

/**
 * Starts a real Prometheus that ends with the test.
 *
 * @param jobs what it scrapes, each half a second: addresses by names
 */
export async function startPrometheus(
  t: TestContext,
  jobs: Readonly<Record<string, string>>,
): Promise<Prometheus> {
  const [program = ''] = await debianPackage(PROMETHEUS);
  const directory = await mkdtemp(join(tmpdir(), 'culvert-prometheus-'));
  const configuration = join(directory, 'prometheus.json');
  await writeFile(
    configuration,
    JSON.stringify({
      global: { scrape_interval: '500ms', scrape_timeout: '500ms' },
      scrape_configs: Object.entries(jobs).map(([job, url]) => ({
        job_name: job,
        static_configs: [{ targets: [new URL(url).host] }],
      })),
    }),
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = await startProcess({
    name: 'Prometheus',
    command: program,
    args: [
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(directory, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    ready: () =>
      fetch(`${url}/-/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
    readyTimeoutMs: 60_000,
  });
  t.after(async () => {
    await server.stop();
    await rm(directory, { recursive: true, force: true });
  });
  const ask = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${url}/api/v1/${path}`);
    const { status, data, error } = (await response.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(error);
    return data;
  };
  return {
    async evaluate(expression) {
      const { result } = await ask<{
        result: { metric: Record<string, string>; value: [number, string] }[];
      }>(`query?query=${encodeURIComponent(expression)}`);
      return result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
    },
    async targets() {
      const { activeTargets } = await ask<{ activeTargets: { scrapePool: string; health: string }[] }>(
        'targets',
      );
      return Object.fromEntries(activeTargets.map(({ scrapePool, health }) => [scrapePool, health]));
    },
  };
}

/** What `promtool check metrics` finds wrong with a page of metrics; empty when nothing is. */
export async function checkMetrics(page: string): Promise<string> {
  const [, promtool = ''] = await debianPackage(PROMETHEUS);
  return new Promise((resolve) => {
    const child = execFile(promtool, ['check', 'metrics'], (error, stdout, stderr) => {
      resolve(error === null ? '' : `${stdout}${stderr}`);
    });
    child.stdin?.end(page);
  });
}
