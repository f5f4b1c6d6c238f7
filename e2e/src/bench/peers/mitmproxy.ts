import { join } from 'node:path';
import { answers } from '../probe.ts';
import { MITMPROXY_VERSION, mitmdump } from '../tools/mitmproxy.ts';
import type { Peer } from './peer.ts';

/** mitmdump as a reverse proxy that prints and keeps nothing. */
export const mitmproxy: Peer = {
  name: 'mitmproxy',
  title: 'mitmproxy',
  version: async (bench) => {
    await mitmdump(bench);
    return MITMPROXY_VERSION;
  },
  start: async (bench, route) => {
    const args = [
      ...['--quiet', '--mode', `reverse:http://127.0.0.1:${route.upstreamPort}`],
      ...['--listen-host', '127.0.0.1', '--listen-port', String(route.port)],
      ...['--set', `confdir=${join(bench.workDirectory, 'mitmproxy')}`],
    ];
    const process = await bench.children.start({
      name: 'mitmproxy',
      core: 'measured',
      command: [await mitmdump(bench), ...args],
      ready: () => answers(route.port),
    });
    return { process };
  },
};
