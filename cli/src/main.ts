import { setTimeout } from 'node:timers/promises';
import { readConfig } from './config.ts';
import { run } from './run.ts';
import { createWriter } from './terminal/writer.ts';

const SIGNALS = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;

const over = new AbortController();
let interrupted: number | undefined;
for (const [signal, exitCode] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    // Whoever asks twice does not want to wait for anything.
    if (interrupted !== undefined) process.exit(exitCode);
    interrupted = exitCode;
    over.abort();
  });
}
process.stderr.on('error', () => undefined);

const output = createWriter(process.stdout, () => {
  over.abort();
});
const exitCode = await run({
  args: process.argv.slice(2),
  environment: () => readConfig(process.env),
  output,
  tell: (line) => process.stderr.write(`${line}\n`),
  columns: process.stdout.isTTY ? process.stdout.columns || 80 : undefined,
  now: Date.now,
  pause: (milliseconds) =>
    setTimeout(milliseconds, undefined, { signal: over.signal }).catch(() => undefined),
  signal: over.signal,
});
process.exitCode = interrupted ?? exitCode;
