import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { debianProgram } from '@culvert/demo/launcher/debian-program';
import { startProcess } from '@culvert/demo/launcher/process';
import { withoutPreloads } from '@culvert/demo/launcher/without-preloads';
import { eventually } from './eventually.ts';
import type { Endings } from './stack.ts';

/** A page in a real browser. */
export interface Page {
  /** What an expression gives in the page, awaited there. @throws Error with what it threw */
  evaluate<T>(expression: string): Promise<T>;
}

/** A browser without a window. */
export interface Browser {
  /** Opens a page and resolves when it has loaded. */
  open(url: string): Promise<Page>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly sessionId?: string;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

type Call = (method: string, params?: object, sessionId?: string) => Promise<Record<string, unknown>>;

const LOADED = `document.readyState === 'complete' && location.href !== 'about:blank'`;
const LISTENING = /^DevTools listening on (ws:\S+)/;

/** Starts Chromium as Debian packages it; installs it where it is missing and this process may. */
export async function startBrowser(endings: Endings): Promise<Browser> {
  const command = await debianProgram({ program: 'chromium', package: 'chromium' });
  const directory = await mkdtemp(join(tmpdir(), 'culvert-browser-'));
  endings.add(() => rm(directory, { recursive: true, force: true, maxRetries: 5 }));
  let url: string | undefined;
  const browser = await startProcess({
    name: 'chromium',
    command,
    environment: withoutPreloads(process.env),
    args: [
      '--headless',
      // Its sandbox refuses root, and containers have no user namespaces for it; only our own pages are opened.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--disable-background-networking',
      '--disable-component-update',
      '--no-first-run',
      `--user-data-dir=${directory}`,
      '--remote-debugging-port=0',
      'about:blank',
    ],
    onLine: (line) => {
      url ??= LISTENING.exec(line)?.[1];
    },
    ready: () => url !== undefined,
    readyTimeoutMs: 60_000,
  });
  endings.add(() => browser.kill());
  const call = await connect(url ?? '');
  return {
    async open(address) {
      const { targetId } = await call('Target.createTarget', { url: address });
      const { sessionId } = await call('Target.attachToTarget', { targetId, flatten: true });
      const page: Page = {
        evaluate: (expression) => evaluate(call, String(sessionId), expression),
      };
      // What is asked while the page replaces the empty one has no answer.
      await eventually(
        () => page.evaluate<boolean>(LOADED),
        (loaded) => loaded,
        `${address} has loaded`,
      );
      return page;
    },
  };
}

async function evaluate<T>(call: Call, sessionId: string, expression: string): Promise<T> {
  const options = { expression, awaitPromise: true, returnByValue: true };
  const { result, exceptionDetails } = await call('Runtime.evaluate', options, sessionId);
  if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
  return (result as { value: T }).value;
}

/** Speaks the protocol that browsers are debugged with. */
async function connect(url: string): Promise<Call> {
  const socket = new WebSocket(url);
  const waiting = new Map<number, (message: Message) => void>();
  let last = 0;
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(String(data)) as Message;
    if (message.id !== undefined) waiting.get(message.id)?.(message);
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  return (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error === undefined) resolve(result ?? {});
        else reject(new Error(`${method}: ${error.message}`));
      });
      socket.send(JSON.stringify({ id, method, params, sessionId }));
    });
}
