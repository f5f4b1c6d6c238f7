import { ConfigurationError } from '@culvert/runtime/config';
import { neededPorts, readConfig, type Config } from './config.ts';
import { untilInterrupted } from './interrupt.ts';
import { assertFree } from './launcher/ports.ts';
import { formatAddresses } from './print/addresses.ts';
import { createProgress } from './print/progress.ts';
import { createStyle } from './print/style.ts';
import { directoriesOf, startServices } from './services.ts';
import { showTraffic } from './show.ts';
import { createStack } from './stack.ts';

const terminal = process.stdout.isTTY;
const style = createStyle(terminal, process.env);
const progress = createProgress((text) => process.stdout.write(text), style, terminal);

/** @returns the exit status */
async function main(config: Config): Promise<number> {
  const problems = await takenPorts(config);
  if (problems.length > 0) return fail(problems);
  const stack = createStack(progress);
  const over = new AbortController();
  const interrupted = untilInterrupted();
  let status = 130; // what a shell reports for Ctrl-C
  try {
    progress.print(style.bold('Culvert demo'));
    const shown = startAndShow(config, stack, over.signal);
    shown.catch(() => undefined); // when something else ends the demo first
    const result = await Promise.race([shown, stack.died, interrupted]);
    if (typeof result === 'number') {
      status = result;
      if (!config.once) {
        progress.print(style.bold('\n  Running. Ctrl-C ends it.'));
        await Promise.race([stack.died, interrupted]);
      }
    }
  } catch (error) {
    status = fail([error instanceof Error ? error.message : String(error)]);
  }
  progress.print('');
  over.abort();
  await stack.stop();
  return status;
}

async function startAndShow(
  config: Config,
  stack: ReturnType<typeof createStack>,
  signal: AbortSignal,
): Promise<number> {
  await startServices(config, stack, progress);
  const differences = await showTraffic(config, progress, style, signal);
  progress.print(style.bold('Where to look'));
  progress.print(formatAddresses(config, directoriesOf(config).log, style));
  if (differences.length > 0) return fail(['What was read back is not what was sent:', ...differences]);
  progress.print(style.good('\n  Everything that was sent was read back, byte for byte.'));
  return 0;
}

async function takenPorts(config: Config): Promise<string[]> {
  const checks = neededPorts(config).map(({ port, variable, purpose }) =>
    assertFree(port, variable, purpose),
  );
  const results = await Promise.allSettled(checks);
  return results.flatMap((result) =>
    result.status === 'rejected' ? [(result.reason as Error).message] : [],
  );
}

function fail(lines: readonly string[]): number {
  process.stderr.write(`${style.bad(lines.join('\n'))}\n`);
  return 1;
}

try {
  process.exitCode = await main(readConfig(process.env));
} catch (error) {
  if (!(error instanceof ConfigurationError)) throw error;
  process.exitCode = fail([error.message]);
}
process.exit();
