import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AGENT_SECRET } from '@culvert/policy/names';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isNotFound } from '../kubernetes/errors.ts';
import { secretPath } from '../kubernetes/paths.ts';

/** Keeps the Secret with sidecars' credentials in namespaces that need it. */
export interface AgentSecrets {
  /** Makes the Secret as it should be, if it was not made so before. */
  ensure(namespace: string): Promise<void>;
  /** Removes it where this process has made it, or `maybeThere` says that an earlier one may have. */
  withdraw(namespace: string, maybeThere: boolean): Promise<void>;
  /** The namespace is gone and its Secret with it. */
  forget(namespace: string): void;
  /** Writes all anew when next asked. */
  refresh(): void;
}

const ABSENT = '';

/** @param directory whose files become the Secret's data; empty for no Secret at all */
export function createAgentSecrets(
  client: Pick<KubernetesClient, 'apply' | 'remove'>,
  directory: string,
): AgentSecrets {
  /** Digests of what was written; {@link ABSENT} where it was removed. */
  const made = new Map<string, string>();
  return {
    async ensure(namespace) {
      if (directory === '') return;
      const data = await readFiles(directory);
      const digest = createHash('sha256').update(JSON.stringify(data)).digest('hex');
      if (made.get(namespace) === digest) return;
      await client.apply(secretPath(namespace, AGENT_SECRET), {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: AGENT_SECRET,
          namespace,
          labels: {
            'app.kubernetes.io/managed-by': 'culvert-operator',
            'app.kubernetes.io/part-of': 'culvert',
          },
        },
        type: 'Opaque',
        data,
      });
      made.set(namespace, digest);
    },
    async withdraw(namespace, maybeThere) {
      const known = made.get(namespace);
      if (directory === '' || known === ABSENT || (known === undefined && !maybeThere)) return;
      await client.remove(secretPath(namespace, AGENT_SECRET)).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
      });
      made.set(namespace, ABSENT);
    },
    forget(namespace) {
      made.delete(namespace);
    },
    refresh() {
      made.clear();
    },
  };
}

/** Files of a mounted Secret, as base64; what begins with a dot belongs to the mount. */
async function readFiles(directory: string): Promise<Record<string, string>> {
  const names = (await readdir(directory)).filter((name) => !name.startsWith('.')).sort();
  const files = await Promise.all(
    names.map(async (name) => [name, (await readFile(join(directory, name))).toString('base64')] as const),
  );
  return Object.fromEntries(files);
}
