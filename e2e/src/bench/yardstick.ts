import { join } from 'node:path';
import { pinned } from './children.ts';
import type { Bench } from './context.ts';
import { runWrk } from './load/wrk.ts';
import { measure, startWarm } from './measure.ts';
import { relay } from './peers/node-programs.ts';
import { fixed } from './report/numbers.ts';
import { startRig } from './rig.ts';
import { runCommand } from './run-command.ts';

/** What tells two machines apart, so that their results can be compared. */
export interface Yardstick {
  /** A step of a loop that only computes, and one through memory in no order, in nanoseconds. */
  readonly computeNs: number;
  readonly memoryNs: number;
  /** CPU of a bare relay of bytes in Node at full load, in microseconds a request; undefined where no suite forwards. */
  readonly relayUs?: number;
}

const PROGRAM = join(import.meta.dirname, 'programs', 'yardstick.ts');

/** Measures this machine, on the core where processes are measured. @param forwards whether to run the relay too */
export async function measureYardstick(bench: Bench, forwards: boolean): Promise<Yardstick> {
  const { stdout } = await runCommand(pinned('measured', [process.execPath, PROGRAM]));
  const bare = JSON.parse(stdout) as Yardstick;
  if (!forwards) return bare;
  const rig = await startRig(bench, 'yardstick');
  const warm = await startWarm(bench, rig, relay);
  const cost = await measure(
    rig,
    warm,
    () => runWrk(bench, warm.port, bench.config.durationSeconds),
    (result) => result.requests,
    0,
  );
  await bench.children.stopAll();
  return { ...bare, relayUs: (cost.cpuMs * 1000) / cost.result.requests };
}

/** A sentence for people who compare with their own machine. */
export function yardstickSentence({ computeNs, memoryNs, relayUs }: Yardstick): string {
  const relayed = relayUs === undefined ? '' : `, a request through a bare relay ${fixed(relayUs, 1)} µs`;
  return `Yardstick: a step of computing takes ${fixed(computeNs, 2)} ns, one through memory ${fixed(memoryNs, 1)} ns${relayed}.`;
}
