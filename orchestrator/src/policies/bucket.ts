import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { CONFIG_BUCKET } from '@culvert/policy/keys';

/** The key-value bucket of documents. */
export interface Bucket {
  /** The revision of the document that is there; undefined for none or one that can't be read. */
  revisionOf(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
}

/** Opens the bucket, which is made when it is missing. Agents read it by direct get, so that they need no rights to JetStream. */
export async function openBucket(nats: NatsConnection): Promise<Bucket> {
  const kv = await openOrMake(new Kvm(nats));
  return {
    revisionOf: async (key) => {
      const entry = await kv.get(key);
      if (entry?.operation !== 'PUT') return undefined;
      try {
        return String(entry.json<{ readonly revision?: unknown } | null>()?.revision);
      } catch {
        return undefined;
      }
    },
    write: async (key, text) => {
      await kv.put(key, text);
    },
  };
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
