import { JetStreamApiError } from '@nats-io/jetstream';
import { Kvm, type KV, type KvEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { CONFIG_BUCKET, manifestKey } from '@culvert/policy/keys';

/** The key-value bucket of documents. */
export interface Bucket {
  read(key: string): Promise<Stored>;
  /**
   * Writes a document over what was read.
   *
   * @returns false when somebody else has written since; then nothing was
   */
  write(key: string, text: string, over: Stored): Promise<boolean>;
  /** Whether an operator writes the documents of a namespace: then a manifest of that namespace names them. */
  isOperated(namespace: string): Promise<boolean>;
}

/** What stands under a key. */
export interface Stored {
  /** The revision of the document that is there; undefined for none or one that can't be read. */
  readonly revision: string | undefined;
  /** The stream's sequence number; 0 where nothing ever was. */
  readonly sequence: number;
}

const WRONG_LAST_SEQUENCE = 10_071;

/** Opens the bucket, which is made when it is missing. Agents read it by direct get, so that they need no rights to JetStream. */
export async function openBucket(nats: NatsConnection): Promise<Bucket> {
  const kv = await openOrMake(new Kvm(nats));
  return {
    read: async (key) => {
      const entry = await kv.get(key);
      if (entry === null) return { revision: undefined, sequence: 0 };
      return { revision: revisionIn(entry), sequence: entry.revision };
    },
    write: async (key, text, over) => {
      try {
        await kv.put(key, text, { previousSeq: over.sequence });
        return true;
      } catch (error) {
        if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE) return false;
        throw error;
      }
    },
    isOperated: async (namespace) => (await kv.get(manifestKey(namespace)))?.operation === 'PUT',
  };
}

function revisionIn(entry: KvEntry): string | undefined {
  if (entry.operation !== 'PUT') return undefined;
  try {
    return String(entry.json<{ readonly revision?: unknown } | null>()?.revision);
  } catch {
    return undefined;
  }
}

async function openOrMake(manager: Kvm): Promise<KV> {
  try {
    return await manager.create(CONFIG_BUCKET, {
      history: 1,
      storage: 'file',
      allow_direct: true,
      description: 'Configuration of agents.',
    });
  } catch (error) {
    // Somebody may have made it with other settings, such as replicas, which are to stay.
    const kv = await manager.open(CONFIG_BUCKET).catch(() => undefined);
    if (kv === undefined) throw error;
    return kv;
  }
}
