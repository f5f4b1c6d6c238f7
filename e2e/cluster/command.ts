import { execFile } from 'node:child_process';

/** How to run a command. */
export interface CommandOptions {
  readonly directory?: string;
  readonly environment?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly timeoutMs?: number;
}

/**
 * Runs a command and returns what it prints, without the last line's end.
 *
 * @throws Error with the command and the end of what it said
 */
export function run(command: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program = '', ...args] = command;
  return new Promise((resolve, reject) => {
    const child = execFile(
      program,
      args,
      {
        timeout: options.timeoutMs ?? 300_000,
        maxBuffer: 64 * 1024 * 1024,
        ...(options.directory !== undefined && { cwd: options.directory }),
        ...(options.environment && { env: options.environment }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout.trimEnd());
        else {
          const said = (stderr.trim() || stdout.trim() || error.message).split('\n').slice(-15).join('\n');
          reject(new Error(`${command.join(' ')} failed:\n${said}`, { cause: error }));
        }
      },
    );
    child.stdin?.on('error', () => undefined); // it ended without reading everything: its status tells
    child.stdin?.end(options.input ?? '');
  });
}

/** Whether a command succeeds. */
export async function succeeds(command: readonly string[], options: CommandOptions = {}): Promise<boolean> {
  return run(command, options).then(
    () => true,
    () => false,
  );
}
