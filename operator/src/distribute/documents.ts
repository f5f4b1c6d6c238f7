import { manifestKey } from '@culvert/policy/keys';
import type { DocumentPlan } from '../reconcile/documents.ts';
import type { Bucket } from './bucket.ts';

/** Schema version of manifests. */
const MANIFEST_VERSION = 1;
/** Writes under way at once. */
const AT_ONCE = 32;

/** Brings a namespace's documents into the bucket. */
export interface Distributor {
  /**
   * Writes what differs, then the manifest, then removes documents that nobody has needed for the time of grace.
   *
   * @returns in how many milliseconds there is something to remove; undefined when there is nothing
   * @throws when a write failed; the other documents are written all the same
   */
  distribute(namespace: string, plan: DocumentPlan): Promise<number | undefined>;
}

export interface DistributorOptions {
  readonly bucket: Bucket;
  readonly graceMs: number;
  /** Milliseconds that never go back. */
  readonly now: () => number;
  readonly onWrite: (operation: 'put' | 'delete') => void;
}

/** Builds a distributor. When documents were last needed is known only since this process began. */
export function createDistributor(options: DistributorOptions): Distributor {
  const { bucket, graceMs, now, onWrite } = options;
  const unneededSince = new Map<string, number>();
  return {
    async distribute(namespace, { documents }) {
      const manifest = manifestKey(namespace);
      const listed = bucket.get(manifest)?.documents ?? {};
      const current: Record<string, string> = {};
      const changed: (readonly [string, string])[] = [];
      const failures: Error[] = [];
      for (const [key, document] of documents) {
        unneededSince.delete(key);
        current[key] = document.revision;
        if (bucket.get(key)?.revision !== document.revision) changed.push([key, JSON.stringify(document)]);
      }
      const expired: string[] = [];
      let nextMs: number | undefined;
      for (const [key, revision] of Object.entries(listed)) {
        if (current[key] !== undefined) continue;
        const since = unneededSince.get(key) ?? now();
        unneededSince.set(key, since);
        const left = since + graceMs - now();
        if (left <= 0) expired.push(key);
        else {
          current[key] = revision; // it is there, and whose pods come back finds it
          nextMs = Math.min(nextMs ?? left, left);
        }
      }
      for (let i = 0; i < changed.length; i += AT_ONCE) {
        const some = changed.slice(i, i + AT_ONCE);
        const results = await Promise.allSettled(some.map(([key, text]) => bucket.put(key, text)));
        for (const [place, result] of results.entries()) {
          const key = some[place]?.[0] ?? '';
          if (result.status === 'fulfilled') onWrite('put');
          else {
            failures.push(new Error(`document ${key}: ${reasonOf(result.reason)}`));
            // The manifest names what is there, not what should be.
            if (listed[key] === undefined) Reflect.deleteProperty(current, key);
            else current[key] = listed[key];
          }
        }
      }
      const empty = size(current) === 0;
      if (!empty && !sameTexts(current, listed)) {
        const text = JSON.stringify({
          schemaVersion: MANIFEST_VERSION,
          namespace,
          documents: sorted(current),
        });
        await bucket.put(manifest, text);
        onWrite('put');
      }
      for (const key of expired) {
        await bucket.remove(key);
        unneededSince.delete(key);
        onWrite('delete');
      }
      if (empty && bucket.get(manifest)?.documents !== undefined) {
        await bucket.remove(manifest);
        onWrite('delete');
      }
      if (failures.length > 0)
        throw failures.length === 1 ? failures[0]! : new AggregateError(failures, failures[0]!.message);
      return nextMs;
    },
  };
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function sorted(record: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function size(record: object): number {
  return Object.keys(record).length;
}

function sameTexts(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean {
  return size(a) === size(b) && Object.entries(a).every(([key, value]) => b[key] === value);
}
