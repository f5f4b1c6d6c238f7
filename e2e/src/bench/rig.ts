import { join } from 'node:path';
import { startNatsServer, type NatsServer } from '@culvert/demo/launcher/nats-server';
import { startBackend } from './backend.ts';
import type { Bench } from './context.ts';
import { createStreams, type Streams } from './streams.ts';

/** What stands around the process under test. */
export interface Rig {
  readonly upstreamPort: number;
  readonly nats: NatsServer;
  readonly streams: Streams;
}

/** Starts the backend, a nats-server that keeps streams on files, and makes the streams. */
export async function startRig(bench: Bench, name: string): Promise<Rig> {
  const upstreamPort = await startBackend(bench);
  const nats = await startNats(bench, name);
  const streams = await createStreams(nats.url);
  bench.children.own({ stop: () => streams.close() });
  return { upstreamPort, nats, streams };
}

/** Starts a nats-server with an empty store on the cores that the bench itself has. */
export async function startNats(bench: Bench, name: string): Promise<NatsServer> {
  const nats = await startNatsServer({
    storeDir: join(bench.workDirectory, `nats-${name}`),
    port: 0,
    logFile: join(bench.workDirectory, `nats-${name}.log`),
    say: bench.progress,
  });
  return bench.children.own(nats);
}
