import { freePort } from '@culvert/demo/launcher/ports';
import type { Bench } from './context.ts';
import { startNginx } from './peers/nginx.ts';

const BODY_BYTES = 1024;

/** Starts the nginx that everything forwards to: 1 KiB from memory, on the other core. Returns its port. */
export async function startBackend(bench: Bench): Promise<number> {
  const port = await freePort();
  await startNginx(bench, {
    name: 'backend',
    core: 'other',
    port,
    http: `server { listen 127.0.0.1:${port}; default_type text/plain;
      location / { return 200 "${'0123456789abcdef'.repeat(BODY_BYTES / 16)}"; } }`,
  });
  return port;
}
