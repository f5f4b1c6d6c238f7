import type { SecretFiles } from '../inspect.ts';
import type { CertificateStore, WebhookEntry } from '../store.ts';

/** A Secret and a webhook configuration in memory, which can be tampered with. */
export interface MemoryStore extends CertificateStore {
  files: SecretFiles | undefined;
  entries: WebhookEntry[] | undefined;
  version: number;
}

export function memoryStore(): MemoryStore {
  const store: MemoryStore = {
    files: undefined,
    entries: [
      { name: 'a', caBundle: '' },
      { name: 'b', caBundle: '' },
    ],
    version: 0,
    readSecret() {
      const { files, version } = store;
      return Promise.resolve(files && { resourceVersion: String(version), files });
    },
    writeSecret(files, resourceVersion) {
      const expected = store.files === undefined ? undefined : String(store.version);
      if (resourceVersion !== expected) return Promise.resolve(false);
      store.files = files;
      store.version++;
      return Promise.resolve(true);
    },
    readEntries: () => Promise.resolve(store.entries),
    writeBundle(names, caBundle) {
      store.entries = store.entries?.map((entry) =>
        names.includes(entry.name) ? { ...entry, caBundle } : entry,
      );
      return Promise.resolve();
    },
  };
  return store;
}
