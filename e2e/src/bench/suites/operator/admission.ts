import { setTimeout as delay } from 'node:timers/promises';
import type { ApiClient } from './api-client.ts';
import { podObject } from './objects.ts';

/** Latencies of dry-run creations, in milliseconds. */
export interface Admission {
  readonly p50: number;
  readonly p99: number;
  readonly largest: number;
  readonly count: number;
  /** How many came back with the sidecar in them. */
  readonly injected: number;
}

/** Creates pods by server-side dry run at a fixed rate, each at its time whether or not earlier ones are done. */
export async function admit(
  client: ApiClient,
  namespace: string,
  options: { readonly rate: number; readonly seconds: number },
): Promise<Admission> {
  const begin = performance.now();
  const total = options.rate * options.seconds;
  const path = `/api/v1/namespaces/${namespace}/pods?dryRun=All`;
  const latencies: number[] = [];
  let injected = 0;
  const one = async (index: number, due: number): Promise<void> => {
    const { status, text } = await client.send('POST', path, podObject(namespace, 50_000 + index));
    if (status !== 201) throw new Error(`a dry run was answered ${status}: ${text.slice(0, 500)}`);
    latencies.push(performance.now() - due);
    if (text.includes('culvert-sidecar')) injected++;
  };
  const running: Promise<void>[] = [];
  for (let i = 0; i < total; i++) {
    const due = begin + (i * 1000) / options.rate;
    const early = due - performance.now();
    if (early > 0) await delay(early);
    running.push(one(i, Math.max(due, performance.now())));
  }
  await Promise.all(running);
  latencies.sort((a, b) => a - b);
  const at = (share: number): number =>
    latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99), largest: at(1), count: latencies.length, injected };
}
