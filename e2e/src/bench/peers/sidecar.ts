import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@culvert/demo/launcher/ports';
import type { SidecarBooks } from '../accounts.ts';
import type { Core } from '../children.ts';
import type { Bench } from '../context.ts';
import { answers } from '../probe.ts';
import { bundle } from '../tools/bundle.ts';
import type { Forwarder, Peer, Route } from './peer.ts';
import { readSidecarBooks } from './sidecar-books.ts';

/** Culvert's own sidecar as it ships: one bundled file, run with the image's flags. */
export const sidecar: Peer = {
  name: 'sidecar',
  title: 'Culvert sidecar',
  version: () => Promise.resolve(undefined),
  start: (bench, route) => startSidecar(bench, route, 'measured'),
};

/** Starts one on a core of one's choice. */
export async function startSidecar(
  bench: Bench,
  route: Route,
  core: Core,
): Promise<Forwarder & { readonly books: () => Promise<SidecarBooks> }> {
  const metricsPort = await freePort();
  const process = await bench.children.start({
    name: 'sidecar',
    core,
    command: bundle(bench, 'sidecar'),
    environment: {
      CULVERT_CAPTURE: `127.0.0.1:${route.port}=127.0.0.1:${route.upstreamPort}`,
      CULVERT_AGENT_ID: 'bench-agent',
      CULVERT_CLUSTER: 'bench',
      CULVERT_NAMESPACE: 'bench',
      CULVERT_WORKLOAD: 'Deployment/bench',
      CULVERT_POD: 'bench-0',
      CULVERT_NODE: 'bench',
      CULVERT_METRICS_PORT: String(metricsPort),
      CULVERT_STATE_DIR: await mkdtemp(join(bench.workDirectory, 'state-')),
      NATS_URL: route.natsUrl,
    },
    ready: () => answers(route.port),
  });
  return { process, books: () => readSidecarBooks(metricsPort) };
}
