import { MEASURED_CORE } from '../../children.ts';
import type { Bench } from '../../context.ts';
import { cpuMs } from '../../cpu.ts';
import { coreBusyMs } from '../../machine.ts';
import { load, untilStill, VIEWERS } from './load.ts';
import type { LiveStack } from './stack.ts';
import type { ViewersReport } from './viewers-report.ts';
import { startViewers, type Protocol } from './viewers.ts';

/** The protocols by their names. */
export const PROTOCOLS: Readonly<Record<Protocol, string>> = { sse: 'server-sent events', ws: 'WebSockets' };
const WARM_UP_SECONDS = 8;

/** What subscribers of one protocol saw under load. */
export interface Tail {
  readonly protocol: Protocol;
  readonly report: ViewersReport;
  /** Requests that were answered, each of which one subscriber must see. */
  readonly answered: number;
  /** Shares of a core that processes took. */
  readonly used: Readonly<Record<string, number>>;
  /** Share of the other core that was in use, the load generator and the backend included. */
  readonly otherCore: number;
}

/** Measures subscribers of one protocol, after a load that doesn't count. */
export async function tail(
  bench: Bench,
  { api, port, others }: LiveStack,
  protocol: Protocol,
): Promise<Tail> {
  const viewers = await startViewers(bench, { protocol, port: api.port, count: VIEWERS });
  await load(bench, port, WARM_UP_SECONDS, 'warm');
  await untilStill(() => viewers.received());
  const pids = { api: api.process.pid, ...others, subscribers: viewers.pid };
  const [cpu, core, begin] = [await cpuOf(pids), coreBusyMs(1 - MEASURED_CORE), performance.now()];
  const answered = await load(bench, port, bench.config.liveSeconds, '');
  const elapsed = performance.now() - begin;
  const otherCore = (coreBusyMs(1 - MEASURED_CORE) - core) / elapsed;
  const after = await cpuOf(pids);
  await untilStill(() => viewers.received());
  const used = Object.fromEntries(
    Object.entries(after).map(([name, ms]) => [name, (ms - (cpu[name] ?? 0)) / elapsed]),
  );
  return { protocol, report: await viewers.stop(), answered, used, otherCore };
}

async function cpuOf(pids: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const used: Record<string, number> = {};
  for (const [name, pid] of Object.entries(pids)) used[name] = await cpuMs(pid);
  return used;
}
