import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { debianProgram } from '@culvert/demo/launcher/debian-program';

/** What a command that ended printed, and its status. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A client and a pod in network namespaces of their own, joined by a cable. */
export interface Namespaces {
  /** Where {@link Namespaces.pod} finds the redirecting program. */
  readonly nft: string;
  readonly podAddresses: readonly [v4: string, v6: string];
  readonly clientAddresses: readonly [v4: string, v6: string];
  /** Runs a command in one of them to its end. */
  run(where: 'client' | 'pod', command: readonly string[], environment?: NodeJS.ProcessEnv): Promise<Ended>;
  /** Runs a command in one of them until the end of the test; resolves at its first line of output. */
  start(where: 'client' | 'pod', command: readonly string[], environment?: NodeJS.ProcessEnv): Promise<void>;
  close(): Promise<void>;
}

const POD = ['10.200.0.2', 'fd00:c::2'] as const;
const CLIENT = ['10.200.0.1', 'fd00:c::1'] as const;

/** @throws Error with a sentence when this machine or user can't make network namespaces */
export async function createNamespaces(): Promise<Namespaces> {
  const ip = await debianProgram({ program: 'ip', package: 'iproute2' });
  const nft = await debianProgram({ program: 'nft', package: 'nftables' });
  const suffix = `${process.pid}-${Math.random().toString(36).slice(2, 6)}`;
  const names = { client: `culvert-client-${suffix}`, pod: `culvert-pod-${suffix}` };
  const children = new Set<() => Promise<void>>();
  const succeed = async (...args: readonly string[]): Promise<void> => {
    const ended = await runToEnd([ip, ...args]);
    if (ended.status !== 0)
      throw new Error(
        `this test needs network namespaces, which only root on Linux can make: ip ${args.join(' ')} says: ${ended.stderr.trim()}`,
      );
  };
  const close = async (): Promise<void> => {
    for (const end of children) await end();
    for (const name of Object.values(names)) await runToEnd([ip, 'netns', 'delete', name]);
  };
  try {
    for (const name of Object.values(names)) await succeed('netns', 'add', name);
    await succeed(
      '-n',
      names.client,
      'link',
      'add',
      'eth0',
      'type',
      'veth',
      'peer',
      'eth0',
      'netns',
      names.pod,
    );
    for (const [name, addresses] of [
      [names.client, CLIENT],
      [names.pod, POD],
    ] as const) {
      await succeed('-n', name, 'link', 'set', 'lo', 'up');
      await succeed('-n', name, 'address', 'add', `${addresses[0]}/24`, 'dev', 'eth0');
      // Nobody else has the address: without a search for duplicates it can be used at once.
      await succeed('-n', name, 'address', 'add', `${addresses[1]}/64`, 'dev', 'eth0', 'nodad');
      await succeed('-n', name, 'link', 'set', 'eth0', 'up');
    }
  } catch (error) {
    await close();
    throw error;
  }
  const within = (where: 'client' | 'pod', command: readonly string[]): string[] => [
    ip,
    'netns',
    'exec',
    names[where],
    ...command,
  ];
  return {
    nft,
    podAddresses: POD,
    clientAddresses: CLIENT,
    run: (where, command, environment) => runToEnd(within(where, command), environment),
    async start(where, command, environment = {}) {
      const [file = '', ...args] = within(where, command);
      const child = spawn(file, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, ...environment },
      });
      const ended = once(child, 'close');
      children.add(async () => {
        child.kill('SIGKILL');
        await ended;
      });
      const line = once(createInterface(child.stdout), 'line');
      const first = await Promise.race([line.then(() => true), ended.then(() => false)]);
      if (!first) throw new Error(`${command.join(' ')} ended before it printed a line`);
      child.stdout.resume();
    },
    close,
  };
}

function runToEnd(command: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const [file = '', ...args] = command;
  return new Promise((resolve) => {
    execFile(
      file,
      args,
      { timeout: 30_000, env: { ...process.env, ...environment } },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ status, stdout, stderr: stderr === '' && error !== null ? error.message : stderr });
      },
    );
  });
}
