import { join } from 'node:path';
import type { PeerName } from '../config.ts';
import { answers } from '../probe.ts';
import type { Peer } from './peer.ts';

/** A bare TCP relay in Node: what forwarding costs before anything is captured. */
export const relay: Peer = nodeProgram('relay', 'Node TCP relay', 'tcp-relay.ts');

/** An HTTP proxy on `node:http`. */
export const nodeHttp: Peer = nodeProgram('node-http', 'node:http proxy', 'http-proxy.ts');

function nodeProgram(name: PeerName, title: string, file: string): Peer {
  const program = join(import.meta.dirname, '..', 'programs', file);
  return {
    name,
    title,
    version: () => Promise.resolve(undefined),
    start: async (bench, route) => ({
      process: await bench.children.start({
        name,
        core: 'measured',
        command: [process.execPath, program, String(route.port), String(route.upstreamPort)],
        ready: () => answers(route.port),
      }),
    }),
  };
}
