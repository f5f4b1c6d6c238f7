import type { KubernetesClient } from '../kubernetes/client.ts';
import { isConflict, isNotFound } from '../kubernetes/errors.ts';
import { secretPath } from '../kubernetes/paths.ts';
import type { SecretFiles } from './inspect.ts';
import type { CertificateStore } from './store.ts';

interface Secret {
  readonly metadata: { readonly resourceVersion: string };
  readonly data?: Readonly<Record<string, string>>;
}

interface WebhookConfiguration {
  readonly webhooks?: readonly {
    readonly name: string;
    readonly clientConfig: { readonly caBundle?: string };
  }[];
}

const FILES = ['tls.crt', 'tls.key', 'ca.crt', 'ca.key'] as const;

/**
 * Keeps certificates in a Secret, and trust in a MutatingWebhookConfiguration. Both are written by server-side apply,
 * which needs rights on these names only.
 */
export function createKubernetesStore(
  client: Pick<KubernetesClient, 'get' | 'apply'>,
  names: { readonly namespace: string; readonly secret: string; readonly configuration: string },
): CertificateStore {
  const secretAt = secretPath(names.namespace, names.secret);
  const configurationAt = `/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/${names.configuration}`;
  return {
    async readSecret() {
      const secret = await orUndefined(client.get<Secret>(secretAt));
      return secret && { resourceVersion: secret.metadata.resourceVersion, files: decode(secret.data ?? {}) };
    },
    async writeSecret(files, resourceVersion) {
      try {
        await client.apply(secretAt, {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: {
            name: names.secret,
            namespace: names.namespace,
            ...(resourceVersion !== undefined && { resourceVersion }),
          },
          data: Object.fromEntries(
            Object.entries(files).map(([name, text]) => [name, toBase64(text as string)]),
          ),
        });
        return true;
      } catch (error) {
        if (isConflict(error)) return false;
        throw error;
      }
    },
    async readEntries() {
      const configuration = await orUndefined(client.get<WebhookConfiguration>(configurationAt));
      return configuration?.webhooks?.map(({ name, clientConfig }) => ({
        name,
        caBundle: fromBase64(clientConfig.caBundle ?? ''),
      }));
    },
    async writeBundle(entries, caBundle) {
      await client.apply(configurationAt, {
        apiVersion: 'admissionregistration.k8s.io/v1',
        kind: 'MutatingWebhookConfiguration',
        metadata: { name: names.configuration },
        webhooks: entries.map((name) => ({ name, clientConfig: { caBundle: toBase64(caBundle) } })),
      });
    },
  };
}

async function orUndefined<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function decode(data: Readonly<Record<string, string>>): SecretFiles {
  return Object.fromEntries(
    FILES.flatMap((name) => (data[name] === undefined ? [] : [[name, fromBase64(data[name])]])),
  );
}

function toBase64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64');
}

function fromBase64(text: string): string {
  return Buffer.from(text, 'base64').toString('utf8');
}
