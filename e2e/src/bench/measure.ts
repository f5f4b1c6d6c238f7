import { freePort } from '@culvert/demo/launcher/ports';
import { audit, isSettled, type Audit, type SidecarBooks } from './accounts.ts';
import { MEASURED_CORE } from './children.ts';
import type { Bench } from './context.ts';
import { cpuMs, untilQuiet } from './cpu.ts';
import { runWrk } from './load/wrk.ts';
import { coreBusyMs } from './machine.ts';
import type { Forwarder, Peer } from './peers/peer.ts';
import type { Rig } from './rig.ts';
import { until } from './until.ts';

const SETTLE_MS = 30_000;

/** A peer that is up and has been under load, ready to be measured. */
export interface Warm extends Forwarder {
  readonly port: number;
  stop(): Promise<void>;
}

/** What one load cost. */
export interface Cost<T> {
  readonly result: T;
  /** CPU of the process under test and of nats-server. */
  readonly cpuMs: number;
  readonly natsCpuMs: number;
  readonly elapsedMs: number;
  /** How much of the measured core others took, 0 to 1. A number that is not small makes the run worthless. */
  readonly disturbance: number;
  /** Only of a process that captures. */
  readonly audit?: Audit;
}

/** Starts a peer and puts it under full load until its code is compiled and its connections are made. */
export async function startWarm(bench: Bench, rig: Rig, peer: Peer): Promise<Warm> {
  const port = await freePort();
  const forwarder = await peer.start(bench, { port, upstreamPort: rig.upstreamPort, natsUrl: rig.nats.url });
  const warmUp = await runWrk(bench, port, bench.config.warmUpSeconds);
  if (warmUp.requests === 0) throw new Error(`${peer.title} answered nothing`);
  await untilQuiet(forwarder.process.pid);
  return { ...forwarder, port, stop: () => bench.children.stop(forwarder.process) };
}

/**
 * Runs a load against a process and takes what it cost, the work that remains at its end included.
 *
 * @param counted answers that the load generator read, out of its result
 * @param inFlight how many more requests may have been under way when it stopped
 */
export async function measure<T>(
  rig: Rig,
  under: Forwarder,
  load: () => Promise<T>,
  counted: (result: T) => number,
  inFlight: number,
): Promise<Cost<T>> {
  const before = under.books === undefined ? undefined : await settled(under.books);
  await rig.streams.purge();
  await untilQuiet(under.process.pid);
  const natsCpu = await cpuMs(rig.nats.pid);
  const [cpu, core, start] = [await cpuMs(under.process.pid), coreBusyMs(MEASURED_CORE), performance.now()];
  const result = await load();
  const elapsedMs = performance.now() - start;
  await untilQuiet(under.process.pid);
  const used = (await cpuMs(under.process.pid)) - cpu;
  const others = coreBusyMs(MEASURED_CORE) - core - used;
  const cost = {
    result,
    cpuMs: used,
    natsCpuMs: (await cpuMs(rig.nats.pid)) - natsCpu,
    elapsedMs,
    disturbance: Math.max(0, others / (performance.now() - start)),
  };
  if (under.books === undefined || before === undefined) return cost;
  const after = await settled(under.books);
  const inStream = await rig.streams.countExchanges();
  return { ...cost, audit: audit(before, after, { counted: counted(result), inFlight, inStream }) };
}

/** The books once everything captured has found its end, or after half a minute as they are. */
export async function settled(
  books: () => Promise<SidecarBooks>,
  timeoutMs = SETTLE_MS,
): Promise<SidecarBooks> {
  let last = await books();
  await until('the books are settled', async () => isSettled((last = await books())), {
    timeoutMs,
    everyMs: 100,
  }).catch(() => undefined);
  return last;
}
