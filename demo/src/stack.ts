import { setTimeout as delay } from 'node:timers/promises';
import { describeExit, type ManagedProcess } from './launcher/process.ts';
import type { Progress } from './print/progress.ts';

/** Something that was started and can be ended. */
export interface Part {
  readonly process: ManagedProcess;
  stop(): Promise<unknown>;
}

/** The processes of a demo, in the order in which they were started. */
export interface Stack {
  /** Starts one more; the progress shows it. */
  start<T extends Part>(title: string, begin: () => Promise<T>): Promise<T>;
  /** Never resolves; rejects when a process ends that wasn't asked to, with its last lines. */
  readonly died: Promise<never>;
  /** Ends them all, the last one first. */
  stop(): Promise<void>;
}

/** A stack without processes. */
export function createStack(progress: Progress): Stack {
  const parts: Part[] = [];
  let starting: Promise<unknown> = Promise.resolve();
  let stopping = false;
  const { promise: died, reject } = Promise.withResolvers<never>();
  died.catch(() => undefined); // awaited later, or never

  const watch = ({ process: child }: Part): void => {
    void child.exited.then((exit) => {
      if (stopping) return;
      const lines = child.tail() || '(no output)';
      reject(new Error(`${child.name} ended by itself (${describeExit(exit)}). Its last lines:\n${lines}`));
    });
  };

  return {
    died,
    async start(title, begin) {
      if (stopping) throw new Error('stopped while starting');
      const started = begin();
      starting = started.catch(() => undefined);
      const part = await progress.step(title, async () => {
        const part = await started;
        parts.push(part);
        return part;
      });
      watch(part);
      return part;
    },
    async stop() {
      stopping = true;
      // What is being started gets a moment to become a part; later it is killed when this process exits.
      await Promise.race([starting, delay(2_000, undefined, { ref: false })]);
      await delay(0);
      for (const part of parts.toReversed()) {
        const { name } = part.process;
        await progress.step(`${name} ended`, () => part.stop(), { meanwhile: `ending ${name}` });
      }
    },
  };
}
