import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { runCommand } from '../run-command.ts';
import { vegeta } from '../tools/vegeta.ts';
import { outputOf } from './finished.ts';

const CONNECTIONS = 64;
const MOST_WORKERS = 1000;
const NS_PER_MS = 1e6;

/** What an open-loop run measured. */
export interface VegetaResult {
  readonly requests: number;
  /** Answers with status 200 divided by requests. */
  readonly success: number;
  /** Answers a second; below the rate when the target can't keep up. */
  readonly answersPerSecond: number;
  readonly latencyMs: {
    readonly p50: number;
    readonly p95: number;
    readonly p99: number;
    readonly max: number;
  };
}

/**
 * Sends requests at a fixed rate, whether or not earlier ones have been answered.
 *
 * Up to 1,000 wait at once, over 64 connections: without that limit a stall would open hundreds of new ones, and
 * then connecting would be measured.
 */
export async function runVegeta(
  bench: Bench,
  load: {
    readonly port: number;
    readonly rate: number;
    readonly seconds: number;
    /** Asked for in turns; `/` alone by default. */
    readonly paths?: readonly string[];
  },
): Promise<VegetaResult> {
  const binary = await vegeta(bench);
  const targets = join(bench.workDirectory, `targets-${load.port}.txt`);
  const output = join(bench.workDirectory, `attack-${load.port}.bin`);
  const urls = (load.paths ?? ['/']).map((path) => `GET http://127.0.0.1:${load.port}${path}\n`);
  await writeFile(targets, urls.join('\n'));
  const args = [
    ...['attack', `-targets=${targets}`, `-output=${output}`, '-max-body=0', '-http2=false', '-timeout=5s'],
    ...[`-rate=${load.rate}/1s`, `-duration=${load.seconds}s`],
    ...[`-connections=${CONNECTIONS}`, `-max-connections=${CONNECTIONS}`],
    ...[`-workers=${CONNECTIONS}`, `-max-workers=${MOST_WORKERS}`],
  ];
  const child = await bench.children.start({
    name: 'vegeta',
    core: 'other',
    command: [binary, ...args],
    // Its garbage collector would take time from the backend beside it.
    environment: { GOGC: '400' },
  });
  await outputOf(child, load.seconds + 60);
  const report = await runCommand([binary, 'report', '-type=json', output]);
  await rm(output);
  return parseVegeta(report.stdout);
}

/** Reads vegeta's report in JSON, whose latencies are nanoseconds. */
export function parseVegeta(json: string): VegetaResult {
  const report = JSON.parse(json) as {
    readonly requests: number;
    readonly success: number;
    readonly throughput: number;
    readonly latencies: Readonly<Record<'50th' | '95th' | '99th' | 'max', number>>;
  };
  return {
    requests: report.requests,
    success: report.success,
    answersPerSecond: report.throughput,
    latencyMs: {
      p50: report.latencies['50th'] / NS_PER_MS,
      p95: report.latencies['95th'] / NS_PER_MS,
      p99: report.latencies['99th'] / NS_PER_MS,
      max: report.latencies.max / NS_PER_MS,
    },
  };
}
