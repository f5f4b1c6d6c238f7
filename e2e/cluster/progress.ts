/** Says what is being done and how long it took. */
export interface Progress {
  /** Takes a line for the user. */
  readonly say: (line: string) => void;
  step<T>(title: string, action: () => Promise<T>): Promise<T>;
}

const REPORT_MS = 30_000;

/** Prints one line a step when it has ended, and one every half minute while it runs. */
export function printProgress(): Progress {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  return {
    say,
    async step(title, action) {
      const started = performance.now();
      const seconds = (): string => ((performance.now() - started) / 1000).toFixed(1).padStart(5);
      const reports = setInterval(() => {
        say(`  ${seconds()} s  … ${title}`);
      }, REPORT_MS);
      try {
        const result = await action();
        say(`  ${seconds()} s  ${title}`);
        return result;
      } finally {
        clearInterval(reports);
      }
    },
  };
}
