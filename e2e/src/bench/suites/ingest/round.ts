import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { NatsServer } from '@culvert/demo/launcher/nats-server';
import type { PostgresServer } from '@culvert/demo/launcher/postgres';
import type { Bench } from '../../context.ts';
import { cpuMs } from '../../cpu.ts';
import { makeBatches } from './batches.ts';
import { copyIn, copyOut, countRows, execute } from './copy.ts';
import { prepareByIngester, startIngester, untilDrained } from './ingester.ts';
import { publishBatches } from './publish.ts';

const STREAMS = ['CULVERT_TRAFFIC', 'CULVERT_METRICS'];

/** What the rounds share. */
export interface IngestRig {
  readonly bench: Bench;
  readonly postgres: PostgresServer;
  /** Where the server may write files. */
  readonly dataDirectory: string;
  readonly nats: NatsServer;
  readonly connection: NatsConnection;
}

/** One round: the same rows by ingest and by COPY. Times are milliseconds, CPU of all cores. */
export interface Round {
  readonly batches: number;
  readonly ingestMs: number;
  readonly copyMs: number;
  readonly ingestCpuMs: { readonly orchestrator: number; readonly postgres: number; readonly nats: number };
  readonly copyCpuMs: number;
  /** What is missing in Postgres or too much, in words. */
  readonly problems: readonly string[];
}

/** Fills a stream, times how long ingest takes to store all of it, and how long COPY takes for the same rows. */
export async function runRound(rig: IngestRig, number: number): Promise<Round> {
  const { bench, postgres } = rig;
  const manager = await jetstreamManager(rig.connection);
  const [ingestName, copyName] = [`ingest_${number}`, `copy_${number}`];
  const [ingestUrl, copyUrl] = [databaseUrl(postgres.url, ingestName), databaseUrl(postgres.url, copyName)];
  await deleteStreams(manager);
  await execute(postgres.url, `CREATE DATABASE ${ingestName}`);
  const addresses = { postgresUrl: ingestUrl, natsUrl: rig.nats.url };

  // The first start makes streams, consumers, tables and partitions; both sides begin with the same ones, empty.
  await prepareByIngester(bench, addresses);
  await execute(postgres.url, `CREATE DATABASE ${copyName} TEMPLATE ${ingestName}`);
  const bootId = Buffer.from(crypto.getRandomValues(new Uint8Array(16)));
  const { exchanges } = bench.config;
  const batches = await publishBatches(rig.connection, makeBatches(exchanges, bootId, Date.now()));

  await execute(postgres.url, 'CHECKPOINT');
  const before = { postgres: await cpuMs(postgres.pid), nats: await cpuMs(rig.nats.pid) };
  const ingester = await startIngester(bench, addresses);
  const ingestMs = await untilDrained(manager, ingester);
  const ingestCpuMs = {
    orchestrator: await cpuMs(ingester.pid),
    postgres: (await cpuMs(postgres.pid)) - before.postgres,
    nats: (await cpuMs(rig.nats.pid)) - before.nats,
  };
  await bench.children.stop(ingester);
  const problems = await problemsOf(ingestUrl, exchanges);

  const files = await copyOut(ingestUrl, rig.dataDirectory);
  const cpu = await cpuMs(postgres.pid);
  const copyMs = await copyIn(copyUrl, files);
  const copyCpuMs = (await cpuMs(postgres.pid)) - cpu;
  problems.push(...(await problemsOf(copyUrl, exchanges)).map((problem) => `after COPY: ${problem}`));
  await execute(postgres.url, `DROP DATABASE ${ingestName}`, `DROP DATABASE ${copyName}`);
  await deleteStreams(manager);
  return { batches, ingestMs, copyMs, ingestCpuMs, copyCpuMs, problems };
}

/** What Postgres has that differs from what was published. */
async function problemsOf(url: string, exchanges: number): Promise<string[]> {
  const rows = await countRows(url);
  const problems: string[] = [];
  if (rows.transactions !== exchanges)
    problems.push(`${rows.transactions} of ${exchanges} exchanges are whole`);
  if (rows.bodies !== exchanges) problems.push(`${rows.bodies} of ${exchanges} bodies are there`);
  if (rows.deadLetters !== 0) problems.push(`${rows.deadLetters} dead letters`);
  return problems;
}

async function deleteStreams(manager: JetStreamManager): Promise<void> {
  const present = await manager.streams.names().next();
  for (const name of STREAMS) if (present.includes(name)) await manager.streams.delete(name);
}

function databaseUrl(url: string, database: string): string {
  const changed = new URL(url);
  changed.pathname = `/${database}`;
  return changed.href;
}
