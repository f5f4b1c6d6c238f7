import { CONFIG_BUCKET } from '@culvert/policy/keys';
import { createBackoff } from '@culvert/runtime/backoff';
import type { Logger } from '@culvert/runtime/log';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { readEntry, type BucketEntry } from './bucket-entry.ts';
import type { NatsLink } from './nats-link.ts';

/** The bucket that carries configuration to agents, as far as this process has seen it. */
export interface Bucket {
  /** Why nothing can be written now; undefined when something can. */
  problem(): string | undefined;
  get(key: string): BucketEntry | undefined;
  keys(): readonly string[];
  /** Writes a value unless somebody else has written since it was last seen here; then it throws. */
  put(key: string, text: string): Promise<void>;
  /** Removes a key and its history, but not what was written since it was last seen here. */
  remove(key: string): Promise<void>;
  stop(): void;
}

/** What the bucket tells. */
export interface BucketEvents {
  /** The whole bucket has been read, at the first connection or a later one. */
  readonly onRead: () => void;
  /** The bucket can't be reached any more. */
  readonly onLost: () => void;
  /** Somebody else changed a key, or it was deleted. */
  readonly onForeignChange: (key: string) => void;
}

const RETRY = { firstMs: 500, maxMs: 30_000 };
const STREAM = `KV_${CONFIG_BUCKET}`;

/** Follows the bucket over every connection, and makes it where it is missing. */
export function openBucket(link: NatsLink, events: BucketEvents, log: Logger): Bucket {
  const entries = new Map<string, BucketEntry>();
  const writing = new Set<string>(); // the watch tells of own writes too
  const backoff = createBackoff(RETRY);
  let open: { readonly kv: KV; readonly manager: JetStreamManager } | undefined;
  let session = 0;
  let problem = 'NATS has not been reached yet';
  let retry: NodeJS.Timeout | undefined;
  let stopWatch: () => void = () => undefined;

  /** Reads everything and follows what changes, until the connection ends. */
  const follow = async (nats: NatsConnection, mine: number): Promise<void> => {
    const kv = await new Kvm(nats).create(CONFIG_BUCKET, {
      history: 1,
      description: 'Configuration of agents.',
    });
    const manager = await jetstreamManager(nats);
    const { values } = await kv.status();
    const changes = await kv.watch();
    if (mine !== session) {
      changes.stop();
      return;
    }
    // A watch outlives connections: without this, each of them would leave one behind.
    stopWatch();
    stopWatch = () => {
      changes.stop();
    };
    entries.clear();
    const ready = (): void => {
      open = { kv, manager };
      backoff.reset();
      events.onRead();
    };
    if (values === 0) ready();
    for await (const change of changes) {
      if (mine !== session) break;
      const known = entries.get(change.key);
      if (known === undefined || known.sequence < change.revision) {
        entries.set(
          change.key,
          readEntry(change.revision, change.operation === 'PUT' ? change.string() : undefined),
        );
        if (open !== undefined && !writing.has(change.key)) events.onForeignChange(change.key);
      }
      if (open === undefined && (change.delta ?? 0) === 0) ready();
    }
  };
  const begin = (nats: NatsConnection): void => {
    const mine = ++session;
    open = undefined;
    problem = 'the configuration bucket is being read';
    const again = (error?: unknown): void => {
      if (mine !== session) return;
      open = undefined;
      problem = `the configuration bucket can't be used: ${error instanceof Error ? error.message : 'its watch has ended'}`;
      log.warn({ err: error }, 'the configuration bucket can not be used; it is tried again');
      events.onLost();
      retry = setTimeout(() => {
        if (mine === session) begin(nats);
      }, backoff.next());
    };
    follow(nats, mine).then(() => {
      again();
    }, again);
  };
  link.follow({
    onConnected: begin,
    onDisconnected() {
      session++;
      clearTimeout(retry);
      open = undefined;
      problem = 'NATS is away';
      events.onLost();
    },
  });

  return {
    problem: () => (open === undefined ? problem : undefined),
    get: (key) => entries.get(key),
    keys: () => [...entries.keys()],
    async put(key, text) {
      if (open === undefined) throw new Error(problem);
      const before = entries.get(key);
      writing.add(key);
      try {
        const sequence = await open.kv.put(key, text, { previousSeq: before?.sequence ?? 0 });
        entries.set(key, readEntry(sequence, text));
      } finally {
        writing.delete(key);
      }
    },
    async remove(key) {
      if (open === undefined) throw new Error(problem);
      const known = entries.get(key);
      if (known === undefined) return;
      // A mark of deletion would stay in the stream for ever, for each of countless short-lived workloads.
      await open.manager.streams.purge(STREAM, {
        filter: `$KV.${CONFIG_BUCKET}.${key}`,
        seq: known.sequence + 1,
      });
      entries.delete(key);
    },
    stop() {
      session++;
      clearTimeout(retry);
    },
  };
}
