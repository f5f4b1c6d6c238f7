import type { Logger } from './log.ts';

/** One step of an orderly end; steps run in the order in which they were added. */
export interface ShutdownStep {
  readonly name: string;
  /** After this many milliseconds the step is given up and the next one begins. */
  readonly timeoutMs: number;
  readonly run: () => Promise<void> | void;
}

/**
 * Runs shutdown steps one after the other. A step that fails or takes too long is logged and doesn't keep the
 * later ones from running.
 *
 * @returns whether every step ended in time and without a fault
 */
export async function shutDown(steps: readonly ShutdownStep[], log: Logger): Promise<boolean> {
  let clean = true;
  for (const step of steps) {
    let timer: NodeJS.Timeout | undefined;
    try {
      const late = new Promise<never>((_, reject) => {
        timer = setTimeout(() => {
          reject(new Error(`took longer than ${step.timeoutMs} ms`));
        }, step.timeoutMs);
      });
      await Promise.race([Promise.resolve(step.run()), late]);
      log.debug({ step: step.name }, 'shutdown step done');
    } catch (error) {
      clean = false;
      log.warn({ step: step.name, err: error }, 'shutdown step failed');
    } finally {
      clearTimeout(timer);
    }
  }
  return clean;
}

/**
 * Resolves with the name of the first SIGTERM or SIGINT; a second one ends the process at once with status 1.
 */
export function untilSignalled(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false;
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1);
      asked = true;
      resolve(signal);
    };
    process.on('SIGTERM', onSignal);
    process.on('SIGINT', onSignal);
  });
}
