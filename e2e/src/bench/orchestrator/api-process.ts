import { freePort } from '@culvert/demo/launcher/ports';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Core } from '../children.ts';
import type { Bench } from '../context.ts';
import { bundle } from '../tools/bundle.ts';
import { until } from '../until.ts';

/** An orchestrator in its api role, bundled as it ships. */
export interface ApiProcess {
  readonly process: ManagedProcess;
  readonly port: number;
  readonly metricsPort: number;
}

/** Starts one and waits until it is ready. */
export async function startApi(
  bench: Bench,
  options: { readonly postgresUrl: string; readonly natsUrl: string; readonly core: Core },
): Promise<ApiProcess> {
  const [port, metricsPort] = [await freePort(), await freePort()];
  const process = await bench.children.start({
    name: 'api',
    core: options.core,
    command: [...bundle(bench, 'orchestrator'), '--roles', 'api'],
    environment: {
      CULVERT_POSTGRES_URL: options.postgresUrl,
      NATS_URL: options.natsUrl,
      CULVERT_PORT: String(port),
      CULVERT_METRICS_PORT: String(metricsPort),
      CULVERT_DATA_DIR: bench.workDirectory,
      CULVERT_LOG_LEVEL: 'warn',
    },
  });
  await until('the api is ready', async () => {
    if (!process.running) throw new Error(`the api ended:\n${process.tail()}`);
    const response = await fetch(`http://127.0.0.1:${metricsPort}/readyz`);
    await response.arrayBuffer();
    return response.status === 200;
  });
  return { process, port, metricsPort };
}
