import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ManagedProcess } from '@culvert/demo/launcher/process';
import type { Core } from '../children.ts';
import type { Bench } from '../context.ts';
import { answers } from '../probe.ts';
import { runCommand } from '../run-command.ts';
import { debianProgram } from '../tools/debian.ts';
import type { Peer } from './peer.ts';

/** nginx as a reverse proxy: one worker, upstream connections kept. */
export const nginx: Peer = {
  name: 'nginx',
  title: 'nginx',
  version: async (bench) => {
    const { stderr } = await runCommand([await program(bench), '-v']);
    return stderr.trim().replace(/^.*nginx\//s, '');
  },
  start: async (bench, route) => ({
    process: await startNginx(bench, {
      name: 'nginx',
      core: 'measured',
      port: route.port,
      http: `upstream backend { server 127.0.0.1:${route.upstreamPort}; keepalive 128; keepalive_requests 1000000000; }
        server {
          listen 127.0.0.1:${route.port};
          location / {
            proxy_pass http://backend;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
          }
        }`,
    }),
  }),
};

/** An nginx to start. */
export interface NginxOptions {
  readonly name: string;
  readonly core: Core;
  /** Where it will answer. */
  readonly port: number;
  /** What stands in its `http` block. */
  readonly http: string;
}

/** Starts an nginx with one worker and waits until it answers. */
export async function startNginx(bench: Bench, options: NginxOptions): Promise<ManagedProcess> {
  const directory = await mkdtemp(join(bench.workDirectory, 'nginx-'));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((kind) => `${kind}_temp_path ${directory}/${kind};`)
    .join(' ');
  // As root it would otherwise switch to a user that can't enter the directory.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  const file = join(directory, 'nginx.conf');
  await writeFile(
    file,
    `${user} daemon off; worker_processes 1; pid ${directory}/nginx.pid; error_log stderr error;
     events { worker_connections 4096; }
     http { access_log off; keepalive_requests 1000000000; keepalive_timeout 600s; ${temporary} ${options.http} }\n`,
  );
  return bench.children.start({
    name: options.name,
    core: options.core,
    command: [await program(bench), '-p', directory, '-c', file, '-e', 'stderr'],
    ready: () => answers(options.port),
  });
}

function program(bench: Bench): Promise<string> {
  return debianProgram(bench, { program: 'nginx', package: 'nginx-light' });
}
