import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@culvert/demo/launcher/ports';
import type { Bench } from './context.ts';
import { startNginx } from './peers/nginx.ts';

const BODY = '0123456789abcdef'.repeat(64);

/**
 * Starts the nginx that everything forwards to, on the other core: 1 KiB from a file as a web server does, or from its
 * configuration, which leaves a forwarder nothing to wait for. Returns its port.
 *
 * @param folders paths that end in a slash and are answered like `/`
 */
export async function startBackend(bench: Bench, folders: readonly string[] = []): Promise<number> {
  const port = await freePort();
  const directory = await mkdtemp(join(bench.workDirectory, 'backend-'));
  for (const folder of ['/', ...folders]) {
    await mkdir(join(directory, folder), { recursive: true });
    await writeFile(join(directory, folder, 'index.html'), BODY);
  }
  const answer = bench.config.backend === 'file' ? `root ${directory};` : `return 200 "${BODY}";`;
  await startNginx(bench, {
    name: 'backend',
    core: 'other',
    port,
    http: `server { listen 127.0.0.1:${port}; default_type text/plain; location / { ${answer} } }`,
  });
  return port;
}
