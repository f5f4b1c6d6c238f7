import { Agent, request } from 'node:http';

/** Requests that go on until they are stopped, so that something happens while parts fail. */
export interface Load {
  /** How many requests were answered so far. */
  readonly answered: number;
  /** How many failed. */
  readonly failed: number;
  /** Waits for the requests under way. */
  stop(): Promise<void>;
}

/**
 * Sends requests over a few kept connections, one after the other on each, without a pause.
 *
 * @param port where to
 * @param connections how many at a time
 */
export function startLoad(port: number, connections = 4): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  let answered = 0;
  let failed = 0;
  let running = true;
  const runs = Array.from({ length: connections }, async (_, worker) => {
    for (let i = 0; running; i++) {
      const ok = await send(agent, port, `/load/${worker}/${i}`);
      if (ok) answered++;
      else failed++;
    }
  });
  return {
    get answered() {
      return answered;
    },
    get failed() {
      return failed;
    },
    async stop() {
      running = false;
      await Promise.all(runs);
      agent.destroy();
    },
  };
}

function send(agent: Agent, port: number, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const body = `body of ${path}`;
    const sent = request({ agent, host: '127.0.0.1', port, path, method: 'POST' }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        resolve(response.statusCode === 200 && Buffer.concat(chunks).toString() === body.toUpperCase());
      });
      response.on('error', () => {
        resolve(false);
      });
    });
    sent.on('error', () => {
      resolve(false);
    });
    sent.end(body);
  });
}
