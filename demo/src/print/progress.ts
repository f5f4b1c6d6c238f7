import type { Style } from './style.ts';

/** What else there is to a step. */
export interface StepOptions<T> {
  /** Says what is wrong with the result. */
  readonly fault?: (result: T) => string | undefined;
  /** Its title on a terminal while it goes on. */
  readonly meanwhile?: string;
}

/** Tells the user what is going on, step by step. */
export interface Progress {
  /** Runs a step and prints it with a tick and its time; with a cross when it throws or a fault is found. */
  step<T>(title: string, run: () => Promise<T>, more?: StepOptions<T>): Promise<T>;
  /** Prints a remark of the step that runs. */
  remark(line: string): void;
  print(text: string): void;
}

/** @param terminal whether a line may be written twice */
export function createProgress(write: (text: string) => void, style: Style, terminal: boolean): Progress {
  let current: string | undefined;
  const clear = (): void => {
    if (terminal && current !== undefined) write('\r\u001b[K');
  };
  const show = (): void => {
    if (terminal && current !== undefined) write(`  … ${current}`);
  };
  return {
    async step(title, run, { fault, meanwhile } = {}) {
      const begin = performance.now();
      const end = (sign: string, remark = ''): void => {
        clear();
        current = undefined;
        write(
          `  ${sign} ${title}${remark}  ${style.dim(`${((performance.now() - begin) / 1000).toFixed(1)} s`)}\n`,
        );
      };
      current = meanwhile ?? title;
      show();
      try {
        const result = await run();
        const wrong = fault?.(result);
        if (wrong === undefined) end(style.good('✓'));
        else end(style.bad('✗'), `: ${wrong}`);
        return result;
      } catch (error) {
        end(style.bad('✗'));
        throw error;
      }
    },
    remark(line) {
      clear();
      write(`    ${line}\n`);
      show();
    },
    print(text) {
      clear();
      write(`${text}\n`);
      show();
    },
  };
}
