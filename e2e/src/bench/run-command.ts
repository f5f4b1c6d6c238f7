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
    readonly signal?: AbortSignal;
    readonly environment?: Readonly<Record<string, string>>;
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
        env: { ...process.env, ...options.environment },
        ...(options.directory === undefined ? {} : { cwd: options.directory }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else
          reject(
            new Error(`${command.join(' ')}: ${error.message}\n${(stdout + stderr).slice(-2000)}`.trim(), {
              cause: error,
            }),
          );
      },
    );
  });
}

/** Where a program is in PATH or among the system directories, or undefined. */
export async function findProgram(name: string): Promise<string | undefined> {
  return runCommand(['sh', '-c', `command -v "$1"`, 'sh', name], {
    environment: { PATH: `${process.env['PATH'] ?? ''}:/usr/local/sbin:/usr/sbin:/sbin` },
  }).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}
