import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from '../context.ts';
import { answers } from '../probe.ts';
import { runCommand } from '../run-command.ts';
import { debianProgram } from '../tools/debian.ts';
import type { Peer } from './peer.ts';

/** HAProxy in HTTP mode with one thread: the yardstick of every ratio. */
export const haproxy: Peer = {
  name: 'haproxy',
  title: 'HAProxy',
  version: async (bench) => {
    const { stdout } = await runCommand([await program(bench), '-v']);
    return /version (\S+)/.exec(stdout)?.[1] ?? stdout.trim();
  },
  start: async (bench, route) => {
    const directory = await mkdtemp(join(bench.workDirectory, 'haproxy-'));
    const file = join(directory, 'haproxy.cfg');
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn 4096
defaults
  mode http
  timeout connect 5s
  timeout client 600s
  timeout server 600s
  http-reuse always
frontend front
  bind 127.0.0.1:${route.port}
  default_backend back
backend back
  server one 127.0.0.1:${route.upstreamPort}
`,
    );
    const process = await bench.children.start({
      name: 'haproxy',
      core: 'measured',
      command: [await program(bench), '-db', '-f', file],
      ready: () => answers(route.port),
    });
    return { process };
  },
};

function program(bench: Bench): Promise<string> {
  return debianProgram(bench, { program: 'haproxy', package: 'haproxy' });
}
