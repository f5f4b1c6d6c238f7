import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { outputOf } from './finished.ts';
import { debianProgram } from '../tools/debian.ts';

export const WRK_CONNECTIONS = 64;

/** What a closed-loop run measured. */
export interface WrkResult {
  /** Answers that wrk has read to their end. */
  readonly requests: number;
  readonly requestsPerSecond: number;
  /** Answers other than 2xx or 3xx, and socket errors of every kind. */
  readonly failures: number;
}

/** A request other than `GET /`. */
export interface WrkPost {
  readonly path: string;
  readonly contentType: string;
  readonly body: string;
}

/** Loads a port of this machine with 64 connections from one thread on the other core. */
export async function runWrk(
  bench: Bench,
  port: number,
  seconds: number,
  post?: WrkPost,
): Promise<WrkResult> {
  const wrk = await debianProgram(bench, { program: 'wrk', package: 'wrk' });
  const args = [
    '-t1',
    `-c${WRK_CONNECTIONS}`,
    `-d${seconds}s`,
    '--timeout',
    '10s',
    ...(post === undefined ? [] : ['--script', await writeScript(bench, port, post)]),
    `http://127.0.0.1:${port}${post?.path ?? '/'}`,
  ];
  const child = await bench.children.start({ name: 'wrk', core: 'other', command: [wrk, ...args] });
  return parseWrk(await outputOf(child, seconds + 30));
}

async function writeScript(bench: Bench, port: number, { contentType, body }: WrkPost): Promise<string> {
  const file = join(bench.workDirectory, `wrk-${port}.lua`);
  // In Lua a long bracket takes a text as it is; its level must not occur within.
  await writeFile(
    file,
    `wrk.method = "POST"\nwrk.headers["Content-Type"] = "${contentType}"\nwrk.body = [==[${body}]==]\n`,
  );
  return file;
}

/** Reads what wrk 4 prints. */
export function parseWrk(text: string): WrkResult {
  const requests = Number(/^ *(\d+) requests in /m.exec(text)?.[1]);
  const requestsPerSecond = Number(/^Requests\/sec: +([\d.]+)/m.exec(text)?.[1]);
  if (!(requests >= 0 && requestsPerSecond >= 0)) throw new Error(`wrk printed no result: ${text}`);
  const sockets =
    /Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)/.exec(text)?.slice(1) ?? [];
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  return { requests, requestsPerSecond, failures: sockets.reduce((sum, n) => sum + Number(n), refused) };
}
