import { resolve } from 'node:path';
import { freePort } from './ports.ts';
import { findPostgres, type PostgresBinaries } from './postgres-binaries.ts';
import {
  acceptsConnections,
  clearStaleLock,
  createDataDirectory,
  giveDataDirectory,
  ownerOf,
} from './postgres-directory.ts';
import { startProcess, type ManagedProcess } from './process.ts';
import { findUnprivileged, type Unprivileged } from './unprivileged.ts';
import { withoutPreloads } from './without-preloads.ts';

/** How to run a Postgres. */
export interface PostgresOptions {
  /** Made when it is missing, else taken as it is, after a crash too. */
  readonly dataDir: string;
  /** 0 lets the system choose. */
  readonly port: number;
  /** False turns fsync off, for tests: data survives a killed Postgres, not a crashed machine. */
  readonly durable?: boolean;
  /** More settings, such as `{ shared_buffers: '1GB' }`. */
  readonly settings?: Readonly<Record<string, string | number>>;
  readonly logFile?: string;
  /** Sees each line of Postgres's log. */
  readonly onLine?: (line: string) => void;
  /** Where `CULVERT_POSTGRES_BIN` and PATH are looked up; the process's own by default. */
  readonly environment?: NodeJS.ProcessEnv;
}

/** How Postgres ends: after its clients, at once but in order, or like a crash that it cleans up after itself. */
export type StopMode = 'smart' | 'fast' | 'immediate';

/** A Postgres on 127.0.0.1 with user and database `culvert` and no password. */
export interface PostgresServer {
  readonly url: string;
  readonly port: number;
  /** The postmaster's process id; another one after {@link restart}. */
  readonly pid: number;
  /** The process that runs now or ran last. */
  readonly process: ManagedProcess;
  /** Ends it in order (`fast` by default). */
  stop(mode?: StopMode): Promise<void>;
  /** SIGKILL for the postmaster and its children, as a crash would do. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port, after it was stopped or killed or while it runs. */
  restart(): Promise<void>;
}

const signals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

const defaults = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '', // a socket's path may have 107 bytes, a data directory's may be longer
  shared_buffers: '256MB',
  max_wal_size: '2GB',
  log_timezone: 'UTC',
  timezone: 'UTC',
};

/**
 * Starts a Postgres and waits until it accepts connections.
 *
 * @throws Error that says what is missing or ends with the last lines of Postgres's log
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const environment = options.environment ?? process.env;
  const dataDir = resolve(options.dataDir);
  const binaries = await findPostgres(environment);
  const as = await findUnprivileged(await ownerOf(dataDir));
  await createDataDirectory(dataDir, binaries, as);
  await giveDataDirectory(dataDir, as);

  const start = async (port: number): Promise<ManagedProcess> => {
    await clearStaleLock(dataDir);
    return startProcess(postmaster({ ...options, environment, dataDir, port }, binaries, as));
  };
  const started = await startOnPort(options.port, start);
  const port = started.port;
  let server = started.server;
  return {
    url: `postgres://culvert@127.0.0.1:${port}/culvert`,
    port,
    get pid() {
      return server.pid;
    },
    get process() {
      return server;
    },
    async stop(mode = 'fast') {
      await server.stop(signals[mode]);
    },
    async kill() {
      await server.kill();
    },
    async restart() {
      if (server.running) await server.stop('SIGINT');
      server = await start(port);
    },
  };
}

function postmaster(
  options: PostgresOptions & { readonly environment: NodeJS.ProcessEnv },
  binaries: PostgresBinaries,
  as: Unprivileged,
): Parameters<typeof startProcess>[0] {
  const settings = {
    ...defaults,
    port: options.port,
    ...(options.durable === false && { fsync: 'off' }),
    ...options.settings,
  };
  const [command = '', ...args] = [...as.prefix, `${binaries.directory}/postgres`, '-D', options.dataDir];
  return {
    name: 'Postgres',
    command,
    args: [...args, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // PG… variables of the user's would change what the server does.
    environment: Object.fromEntries(
      Object.entries(withoutPreloads(options.environment)).filter(([name]) => !name.startsWith('PG')),
    ),
    logFile: options.logFile,
    ...(options.onLine && { onLine: options.onLine }),
    ready: (pid) => acceptsConnections(options.dataDir, pid),
    readyTimeoutMs: 60_000, // after a crash it may have much to replay
    stopTimeoutMs: 30_000,
  };
}

// A port that the system chose may be taken before Postgres binds it: then another one is chosen.
async function startOnPort(
  wanted: number,
  start: (port: number) => Promise<ManagedProcess>,
): Promise<{ port: number; server: ManagedProcess }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted === 0 ? await freePort() : wanted;
    try {
      return { port, server: await start(port) };
    } catch (error) {
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (wanted !== 0 || !taken || attempt === 3) throw error;
    }
  }
}
