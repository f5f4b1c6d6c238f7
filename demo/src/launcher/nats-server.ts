import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { findNatsServer } from './nats-binary.ts';
import { startProcess, type ManagedProcess } from './process.ts';

/** How to run a nats-server. */
export interface NatsServerOptions {
  /** Holds its configuration and JetStream's files; taken over as it is when it is there. */
  readonly storeDir: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** Bytes, 1 MiB by default. */
  readonly maxPayloadBytes?: number;
  /** More lines of nats-server's configuration. */
  readonly configuration?: string;
  readonly logFile?: string;
  /** Sees each line of the server's log. */
  readonly onLine?: (line: string) => void;
  /** Takes a line for the user while the program is being installed. */
  readonly say?: (line: string) => void;
  /** Where `CULVERT_NATS_SERVER`, PATH and the cache are looked up; the process's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** A nats-server with JetStream on 127.0.0.1, without credentials. */
export interface NatsServer {
  readonly url: string;
  readonly port: number;
  /** Its process id; another one after {@link restart}. */
  readonly pid: number;
  /** The process that runs now or ran last. */
  readonly process: ManagedProcess;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would do. */
  kill(): Promise<void>;
  /** Starts it again on the same files and port, after it was stopped or killed or while it runs. */
  restart(): Promise<void>;
}

/**
 * Starts a nats-server, installing it first where it is missing, and waits until clients can connect.
 *
 * @throws Error that says what is missing or ends with the last lines of the server's log
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  const environment = options.environment ?? process.env;
  const program = await findNatsServer(environment, options.say);
  const storeDir = resolve(options.storeDir);
  const start = (port: number): Promise<{ port: number; server: ManagedProcess }> =>
    startOnPort({ ...options, storeDir, environment, port }, program);
  const started = await start(options.port);
  const port = started.port;
  let server = started.server;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    get pid() {
      return server.pid;
    },
    get process() {
      return server;
    },
    async stop() {
      await server.stop();
    },
    async kill() {
      await server.kill();
    },
    async restart() {
      if (server.running) await server.stop();
      server = (await start(port)).server;
    },
  };
}

async function startOnPort(
  options: NatsServerOptions & { readonly environment: NodeJS.ProcessEnv },
  program: string,
): Promise<{ port: number; server: ManagedProcess }> {
  const portsDir = join(options.storeDir, 'ports');
  await rm(portsDir, { recursive: true, force: true }); // a killed server leaves its file
  await mkdir(portsDir, { recursive: true });
  const file = join(options.storeDir, 'nats-server.conf');
  await writeFile(file, configurationFor(options));
  let port = 0;
  const server = await startProcess({
    name: 'nats-server',
    command: program,
    args: ['-c', file],
    environment: options.environment,
    logFile: options.logFile,
    ...(options.onLine && { onLine: options.onLine }),
    // The server writes this file when it listens, which is after JetStream has read its streams.
    ready: async (pid) => {
      port = await readPort(join(portsDir, `${basename(program)}_${pid}.ports`));
      return port !== 0;
    },
    readyTimeoutMs: 60_000,
  });
  return { port, server };
}

function configurationFor(options: NatsServerOptions): string {
  return [
    'host: "127.0.0.1"',
    `port: ${options.port === 0 ? -1 : options.port}`,
    'server_name: "culvert-local"',
    `jetstream { store_dir: ${JSON.stringify(options.storeDir)} }`,
    `max_payload: ${options.maxPayloadBytes ?? 1024 * 1024}`,
    `ports_file_dir: ${JSON.stringify(join(options.storeDir, 'ports'))}`,
    options.configuration ?? '',
    '',
  ].join('\n');
}

async function readPort(file: string): Promise<number> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const url = /"(?:nats|tls):\/\/[^"]*:(\d+)"/.exec(text)?.[1];
  return url === undefined ? 0 : Number(url);
}
