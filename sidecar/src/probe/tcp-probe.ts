import { connect } from 'node:net';
import type { AdminAnswer, AdminRoute } from '@culvert/runtime/admin';
import type { Binding } from '../capture/bindings.ts';

/** The kubelet's own default is a second for the whole probe. */
const PATIENCE_MS = 1_000;
const PATH = /^\/probe\/tcp\/(\d{1,5})$/;

/**
 * Serves `/probe/tcp/PORT`: 200 when the application takes a connection on that port, else 503.
 *
 * A TCP probe of a captured port would find the sidecar listening, whatever became of the application. It dials an
 * address of the pod, as the kubelet would, never loopback. Only upstreams of captured ports can be probed, so that
 * nobody scans the pod through here.
 *
 * @param podAddresses what the upstream host `pod` means
 */
export function tcpProbe(capture: readonly Binding[], podAddresses: readonly string[]): AdminRoute {
  const hosts = new Map<number, readonly string[]>();
  for (const { upstream } of capture)
    hosts.set(upstream.port, upstream.host === 'pod' ? podAddresses : [upstream.host]);
  return {
    path: '/probe/tcp/PORT',
    answer: (path) => {
      const port = PATH.exec(path)?.[1];
      return port === undefined ? undefined : answer(Number(port), hosts);
    },
  };
}

async function answer(port: number, hosts: ReadonlyMap<number, readonly string[]>): Promise<AdminAnswer> {
  const addresses = hosts.get(port);
  if (addresses === undefined) {
    const known = [...hosts.keys()].join(', ');
    return { status: 404, text: `port ${port} is not captured; captured are: ${known}` };
  }
  // An application may listen on one family only: one that answers is enough.
  const problems = await Promise.all(addresses.map((address) => dial(address, port)));
  return problems.includes(undefined)
    ? { status: 200, text: 'ok' }
    : { status: 503, text: `no connection to ${problems.join('; ')}` };
}

/** Resolves with undefined when a connection comes about, else with what went wrong. */
function dial(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (problem: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(problem);
    };
    const timer = setTimeout(() => {
      end(`${host} port ${port}: no answer within ${PATIENCE_MS} ms`);
    }, PATIENCE_MS);
    socket.once('connect', () => {
      end(undefined);
    });
    socket.on('error', (error) => {
      end(`${host} port ${port}: ${(error as NodeJS.ErrnoException).code ?? error.message}`);
    });
  });
}
