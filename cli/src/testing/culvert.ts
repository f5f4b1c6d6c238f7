import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** How a command ended, and what it wrote. */
export interface Outcome {
  readonly code: number | null;
  readonly output: string;
  readonly errors: string;
}

const MAIN = join(import.meta.dirname, '../main.ts');

/** Starts the command as a person would, in a folder of its own choice, without settings of this process. */
export function startCulvert(
  args: readonly string[],
  options: { readonly environment?: Readonly<Record<string, string>>; readonly directory?: string } = {},
): ChildProcess & { readonly stdout: NodeJS.ReadableStream; readonly stderr: NodeJS.ReadableStream } {
  return spawn(process.execPath, [MAIN, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], TZ: 'UTC', ...options.environment },
    cwd: options.directory,
  });
}

/** Runs the command until it ends. */
export async function culvert(
  args: readonly string[],
  options: Parameters<typeof startCulvert>[1] = {},
): Promise<Outcome> {
  const child = startCulvert(args, options);
  const [output, errors, [code]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  return { code, output, errors };
}
