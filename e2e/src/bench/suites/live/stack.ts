import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@culvert/demo/launcher/ports';
import { startPostgres } from '@culvert/demo/launcher/postgres';
import { startBackend } from '../../backend.ts';
import type { Bench } from '../../context.ts';
import { startApi, type ApiProcess } from '../../orchestrator/api-process.ts';
import { startSidecar } from '../../peers/sidecar.ts';
import { startNats } from '../../rig.ts';
import { prepareByIngester, startIngester } from '../ingest/ingester.ts';

/** Everything between a client and a subscriber. */
export interface LiveStack {
  readonly api: ApiProcess;
  /** Where requests go. */
  readonly port: number;
  /** Process ids of the others that stay. */
  readonly others: Readonly<Record<'sidecar' | 'NATS' | 'ingest' | 'Postgres', number>>;
}

/**
 * Starts all of it: sidecar and api on the measured core, everything else on the other one, which the load generator
 * and the subscribers share.
 *
 * @param folders paths that are answered with 1 KiB
 */
export async function startLiveStack(bench: Bench, folders: readonly string[]): Promise<LiveStack> {
  const postgres = bench.children.own(
    await startPostgres({
      dataDir: await mkdtemp(join(bench.workDirectory, 'live-postgres-')),
      port: 0,
      logFile: join(bench.workDirectory, 'live-postgres.log'),
    }),
  );
  const nats = await startNats(bench, 'live');
  const addresses = { postgresUrl: postgres.url, natsUrl: nats.url };
  await prepareByIngester(bench, addresses);
  const ingester = await startIngester(bench, addresses, 0, 'other');
  const api = await startApi(bench, { ...addresses, core: 'measured' });
  const [port, upstreamPort] = [await freePort(), await startBackend(bench, folders)];
  const sidecar = await startSidecar(bench, { port, upstreamPort, natsUrl: nats.url }, 'measured');
  const others = {
    sidecar: sidecar.process.pid,
    NATS: nats.pid,
    ingest: ingester.pid,
    Postgres: postgres.pid,
  };
  return { api, port, others };
}
