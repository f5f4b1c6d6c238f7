import { join } from 'node:path';
import { type ManagedProcess, startProcess } from '@culvert/demo/launcher/process';

/** The core of the process under test, the core of everything else, or both. */
export type Core = 'measured' | 'other' | 'any';

export const MEASURED_CORE = 1;

const CORES: Readonly<Record<Core, string>> = { measured: `${MEASURED_CORE}`, other: '0', any: '0,1' };

/** What to start, and on which core. */
export interface ChildOptions {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  readonly core: Core;
  readonly environment?: Readonly<Record<string, string>>;
  /** When it counts as started; at once by default. */
  readonly ready?: () => Promise<boolean> | boolean;
}

/** Something that runs until it is stopped. */
export interface Stoppable {
  stop(): Promise<unknown>;
}

/** Starts processes on their cores and sees to it that none outlives the bench. */
export interface Children {
  start(options: ChildOptions): Promise<ManagedProcess>;
  /** Takes over something that was started elsewhere. */
  own<T extends Stoppable>(child: T): T;
  /** Stops one, which must be among those started or owned. */
  stop(child: Stoppable): Promise<void>;
  /** Stops all, the youngest first. */
  stopAll(): Promise<void>;
  /** Stops all and lets nothing start any more. */
  close(): Promise<void>;
}

/**
 * Children whose output goes to files of `logDirectory`.
 *
 * @param environment what each of them gets, beside its own
 */
export function createChildren(logDirectory: string, environment: NodeJS.ProcessEnv): Children {
  const running = new Set<Stoppable>();
  let count = 0;
  let closed = false;
  const own = <T extends Stoppable>(child: T): T => {
    running.add(child);
    if (closed) void stop(child);
    return child;
  };
  const stop = async (child: Stoppable): Promise<void> => {
    await child.stop();
    running.delete(child);
  };
  const stopAll = async (): Promise<void> => {
    for (const child of [...running].toReversed()) await stop(child);
  };
  return {
    start: async (options) => {
      if (closed) throw new Error(`${options.name} does not start: the bench ends`);
      const [command, ...args] = pinned(options.core, options.command);
      const child = await startProcess({
        name: options.name,
        command,
        args,
        environment: { ...environment, ...options.environment },
        logFile: join(logDirectory, `${String(++count).padStart(4, '0')}-${options.name}.log`),
        ready: options.ready ?? (() => true),
      });
      void child.exited.then(() => running.delete(child));
      return own(child);
    },
    own,
    stop,
    stopAll,
    close: () => {
      closed = true;
      return stopAll();
    },
  };
}

/** A command line with the prefix that pins it to a core. */
export function pinned(core: Core, command: readonly [string, ...string[]]): [string, ...string[]] {
  return ['taskset', '--cpu-list', CORES[core], ...command];
}
