const SAME_MS = 300;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP. A second one ends the process at once with status 130, unless it
 * comes within 0.3 s: a program that started this one may pass on what the terminal has sent already.
 */
export function untilInterrupted(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const onSignal = (signal: NodeJS.Signals): void => {
      first ??= performance.now();
      if (performance.now() - first > SAME_MS) process.exit(130);
      resolve(signal);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  });
}
