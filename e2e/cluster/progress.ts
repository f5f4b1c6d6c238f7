/** Says what is being done and how long it took. */
export interface Progress {
  /** Takes a line for the user. */
  readonly say: (line: string) => void;
  step<T>(title: string, action: () => Promise<T>): Promise<T>;
}

/** Prints one line a step when it has ended. */
export function printProgress(): Progress {
  const say = (line: string): void => {
    process.stdout.write(`${line}\n`);
  };
  return {
    say,
    async step(title, action) {
      const started = performance.now();
      const result = await action();
      say(`  ${((performance.now() - started) / 1000).toFixed(1).padStart(5)} s  ${title}`);
      return result;
    },
  };
}
