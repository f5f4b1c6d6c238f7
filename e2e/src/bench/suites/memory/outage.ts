import { audit, type Audit } from '../../accounts.ts';
import { runVegeta } from '../../load/vegeta.ts';
import { settled } from '../../measure.ts';
import type { Subject } from './subject.ts';
import { watchMemory, type MemoryCourse } from './watch.ts';

const BEFORE_SECONDS = 10;
const AFTER_SECONDS = 60;
/** A sidecar looks for NATS at least once a minute; then it has 32 MiB to publish. */
const RECOVERY_MS = 150_000;

/** What an outage did. */
export interface Outage {
  readonly seconds: number;
  readonly during: MemoryCourse;
  readonly after: MemoryCourse;
  /** Requests of all three phases, which must not notice. */
  readonly answered: number;
  readonly failed: number;
  readonly audit: Audit;
  /** Exchanges that are neither in the stream nor counted as dropped. */
  readonly unexplained: number;
}

/** Loads at a fixed rate while nats-server runs, is stopped, and runs again; then holds the books against all. */
export async function outage({ bench, rig, port, pid, books }: Subject, rate: number): Promise<Outage> {
  const first = await settled(books);
  await rig.streams.purge();
  const seconds = bench.config.outageSeconds;
  const load = (duration: number): ReturnType<typeof runVegeta> =>
    runVegeta(bench, { port, rate, seconds: duration });

  const before = await load(BEFORE_SECONDS);
  await rig.nats.stop();
  bench.progress(`memory: NATS is away for ${seconds} s`);
  const during = await watchMemory(pid, load(seconds));
  await rig.nats.restart();
  bench.progress('memory: NATS is back');
  const after = await watchMemory(pid, load(Math.min(AFTER_SECONDS, bench.config.memorySeconds)));

  const last = await settled(books, RECOVERY_MS);
  const inStream = await rig.streams.countExchanges();
  const loads = [before, during.result, after.result];
  const requests = loads.reduce((sum, one) => sum + one.requests, 0);
  const answered = loads.reduce((sum, one) => sum + Math.round(one.requests * one.success), 0);
  const result = audit(first, last, { counted: answered, inFlight: requests - answered, inStream });
  return {
    seconds,
    during: during.course,
    after: after.course,
    answered,
    failed: requests - answered,
    audit: result,
    unexplained: result.lost - result.dropped,
  };
}
