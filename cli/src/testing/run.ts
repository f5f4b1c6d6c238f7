import { run } from '../run.ts';
import { readConfig } from '../config.ts';
import type { Outcome } from './culvert.ts';

/** Runs the command within this process. Its clock stands at 2026-11-21T15:00:00Z. */
export async function runHere(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  let output = '';
  let errors = '';
  const code = await run({
    args,
    environment: () => readConfig(environment),
    output: {
      write: (chunk) => {
        output += String(chunk);
        return Promise.resolve();
      },
    },
    tell: (line) => (errors += `${line}\n`),
    columns: undefined,
    now: () => Date.parse('2026-11-21T15:00:00Z'),
    pause: () => Promise.resolve(),
    signal: new AbortController().signal,
  });
  return { code, output, errors };
}
