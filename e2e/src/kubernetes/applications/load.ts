import { Agent, request } from 'node:http';

/**
 * Steady requests until the input ends, or for a time: `node load.ts JSON`. Prints what became of them, and what a
 * second address, such as a health check, answered meanwhile.
 */
interface Load {
  readonly url: string;
  readonly seconds?: number;
  readonly everyMs: number;
  readonly keepAlive: boolean;
  /** Asked once a second. */
  readonly watchUrl?: string;
}

/** What `load.ts` prints. */
export interface LoadResult {
  readonly sent: number;
  readonly answered: number;
  /** Reasons with their number. */
  readonly failures: Readonly<Record<string, number>>;
  /** Answers of the watched address: statuses or reasons with their number. */
  readonly watched: Readonly<Record<string, number>>;
}

if (import.meta.main) {
  const load = JSON.parse(process.argv[2] ?? '{}') as Load;
  console.log(JSON.stringify(await run(load)));
  process.exit(0);
}

async function run({ url, seconds, everyMs, keepAlive, watchUrl }: Load): Promise<LoadResult> {
  const agent = new Agent({ keepAlive, maxSockets: 64 });
  const failures: Record<string, number> = {};
  const watched: Record<string, number> = {};
  let sent = 0;
  let answered = 0;
  const open = new Set<Promise<void>>();
  const count = (counts: Record<string, number>, what: string): void => {
    counts[what] = (counts[what] ?? 0) + 1;
  };
  const send = (): void => {
    sent++;
    const sending = get(url, agent).then((outcome) => {
      if (outcome === '200') answered++;
      else count(failures, outcome);
    });
    open.add(sending);
    void sending.then(() => open.delete(sending));
  };
  const timer = setInterval(send, everyMs);
  const watching = setInterval(() => {
    if (watchUrl !== undefined)
      void get(watchUrl, agent).then((outcome) => {
        count(watched, outcome);
      });
  }, 1000);
  await Promise.race([
    new Promise((resolve) => process.stdin.resume().once('end', resolve)),
    ...(seconds === undefined ? [] : [new Promise((resolve) => setTimeout(resolve, seconds * 1000))]),
  ]);
  clearInterval(timer);
  clearInterval(watching);
  await Promise.all(open);
  return { sent, answered, failures, watched };
}

/** The status, or why there is none. */
function get(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    const sending = request(url, { agent, timeout: 20_000 }, (response) => {
      response.resume();
      response.once('error', (error: NodeJS.ErrnoException) => {
        resolve(error.code ?? error.message);
      });
      response.once('end', () => {
        resolve(String(response.statusCode));
      });
    });
    sending.once('timeout', () => sending.destroy(new Error('no answer for twenty seconds')));
    sending.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
    sending.end();
  });
}
