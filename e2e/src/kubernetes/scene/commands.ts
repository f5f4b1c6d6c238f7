import { spawn } from 'node:child_process';

/** What a command printed. */
export interface Printed {
  readonly stdout: string;
  /** Warnings of the API server come here. */
  readonly stderr: string;
}

/** A command that ended with another status than 0. */
export class CommandFailed extends Error {
  readonly stderr: string;
  constructor(command: readonly string[], { stdout, stderr }: Printed) {
    super(`${command.join(' ').slice(0, 400)} failed:\n${stderr.trim()}\n${stdout.slice(-2000)}`);
    this.stderr = stderr;
  }
}

/** A command that goes on until its input ends. */
export interface Running {
  /** Ends its input and returns what it printed. */
  stop(): Promise<Printed>;
  /** What it printed, once it ends by itself. */
  readonly ended: Promise<Printed>;
  /** The first line that it prints. */
  readonly firstLine: Promise<string>;
  /** Ends it whatever it does. */
  kill(): Promise<void>;
}

/** Runs kubectl. */
export function kubectl(args: readonly string[], input = ''): Promise<Printed> {
  const running = start(process.env['E2E_KUBECTL'] ?? 'kubectl', kubectlArguments(args));
  return running.stop(input);
}

/** Starts kubectl and leaves its input open. */
export function startKubectl(args: readonly string[]): Running {
  return start(process.env['E2E_KUBECTL'] ?? 'kubectl', kubectlArguments(args));
}

/** Runs helm. */
export function helm(args: readonly string[]): Promise<Printed> {
  const kubeconfig = process.env['E2E_KUBECONFIG'];
  const config = kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`];
  return start(process.env['E2E_HELM'] ?? 'helm', [...config, ...args]).stop();
}

function kubectlArguments(args: readonly string[]): string[] {
  const kubeconfig = process.env['E2E_KUBECONFIG'];
  return [...(kubeconfig === undefined ? [] : [`--kubeconfig=${kubeconfig}`]), ...args];
}

function start(
  program: string,
  args: readonly string[],
): Running & { stop(input?: string): Promise<Printed> } {
  const child = spawn(program, args, { stdio: 'pipe' });
  let stdout = '';
  let stderr = '';
  const firstLine = new Promise<string>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      const end = stdout.indexOf('\n');
      if (end >= 0) resolve(stdout.slice(0, end));
    });
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin.on('error', () => undefined); // it ended before it read everything: its status tells
  const ended = new Promise<Printed>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve({ stdout, stderr });
      else reject(new CommandFailed([program, ...args], { stdout, stderr }));
    });
  });
  ended.catch(() => undefined); // whoever waits for it hears of it
  return {
    ended,
    firstLine,
    kill: async () => {
      child.kill();
      await ended.catch(() => undefined);
    },
    stop: (input = '') => {
      child.stdin.end(input);
      return ended;
    },
  };
}
