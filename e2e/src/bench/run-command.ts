import { execFile } from 'node:child_process';

/** What a command that ended printed. */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command to its end.
 *
 * @throws when it can't be started, ends with a status other than 0, or takes longer than `timeoutMs`; the message
 * holds the command and the end of what it printed
 */
export function runCommand(
  command: readonly [string, ...string[]],
  options: {
    readonly directory?: string;
    readonly timeoutMs?: number;
  } = {},
): Promise<CommandResult> {
  const [file, ...args] = command;
  return new Promise((resolve, reject) => {
    execFile(
      file,
      args,
      {
        timeout: options.timeoutMs ?? 60_000,
        maxBuffer: 64 * 1024 * 1024,
        ...(options.directory === undefined ? {} : { cwd: options.directory }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else
          // The message of Node's own error repeats the whole output.
          reject(
            new Error(
              `${command.join(' ')} failed:\n${(stdout + stderr).slice(-2000).trim() || error.message}`,
            ),
          );
      },
    );
  });
}

/** Where a program is in PATH or among the system directories, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  return runCommand([
    'sh',
    '-c',
    'PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"; command -v "$1"',
    'sh',
    name,
  ]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
