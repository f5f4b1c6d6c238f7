import { root } from './root.ts';
import { startProcess, type ManagedProcess } from './process.ts';

/** How to run one of Culvert's own programs, or the sample application. */
export interface NodeProcessOptions {
  readonly name: string;
  /** The file to run: a source file or a bundle. */
  readonly program: string;
  readonly args?: readonly string[];
  /** Flags for node itself. */
  readonly nodeFlags?: readonly string[];
  /** Variables on top of {@link inherited}. */
  readonly environment: NodeJS.ProcessEnv;
  /** The variables that it gets besides; by default this process's own. */
  readonly inherited?: NodeJS.ProcessEnv;
  readonly logFile?: string | undefined;
  readonly onLine?: (line: string) => void;
  /** It is ready when this address answers with 200. */
  readonly readyUrl: string;
  readonly readyTimeoutMs?: number;
}

/**
 * Starts a program with the Node that runs this one and waits until it says that it is ready.
 *
 * @throws Error that ends with the last lines of its output
 */
export async function startNodeProcess(options: NodeProcessOptions): Promise<ManagedProcess> {
  return startProcess({
    name: options.name,
    command: process.execPath,
    args: [...(options.nodeFlags ?? []), options.program, ...(options.args ?? [])],
    environment: { ...(options.inherited ?? process.env), ...options.environment },
    directory: root,
    logFile: options.logFile,
    ...(options.onLine && { onLine: options.onLine }),
    ready: () => answers(options.readyUrl),
    readyTimeoutMs: options.readyTimeoutMs ?? 30_000,
    stopTimeoutMs: 30_000,
  });
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.status === 200;
  } catch {
    return false; // not listening yet
  }
}
