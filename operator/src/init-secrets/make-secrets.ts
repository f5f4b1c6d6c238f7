import type { Logger } from '@culvert/runtime/log';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isNotFound } from '../kubernetes/errors.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { secretPath } from '../kubernetes/paths.ts';
import { marksToChange } from './marks.ts';
import { planSecrets, type NewSecret } from './plan.ts';
import { randomText } from './random-text.ts';
import type { Wanted } from './wanted.ts';

interface Secret extends KubernetesObject {
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Makes the Secrets that are missing and leaves the data of the others alone.
 *
 * @returns a sentence for each Secret that is there and can't be used
 * @throws KubernetesError when the API server refuses
 */
export async function makeSecrets(
  client: Pick<KubernetesClient, 'get' | 'apply' | 'merge'>,
  namespace: string,
  wanted: Wanted,
  log: Logger,
): Promise<readonly string[]> {
  const existing = new Map<string, readonly string[]>();
  for (const { name } of wanted.secrets) {
    const secret = await find(client, namespace, name);
    if (secret === undefined) continue;
    existing.set(name, Object.keys(secret.data ?? {}));
    const marks = marksToChange(wanted, secret.metadata);
    if (marks !== undefined) await client.merge(secretPath(namespace, name), { metadata: marks });
  }
  const plan = planSecrets(wanted, existing, randomText);
  for (const secret of plan.make) {
    // Applied rather than posted: the request then has a name, and rights can be held to it.
    await client.apply(secretPath(namespace, secret.name), manifest(namespace, secret, wanted.annotations));
    log.info({ secret: secret.name, keys: Object.keys(secret.values) }, 'made a Secret');
  }
  for (const name of plan.keep) log.info({ secret: name }, 'kept a Secret that was there');
  return plan.problems;
}

async function find(
  client: Pick<KubernetesClient, 'get'>,
  namespace: string,
  name: string,
): Promise<Secret | undefined> {
  try {
    return await client.get<Secret>(secretPath(namespace, name));
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

function manifest(
  namespace: string,
  { name, labels, values }: NewSecret,
  annotations: Readonly<Record<string, string>>,
): object {
  const data = Object.entries(values).map(([key, value]) => [key, Buffer.from(value).toString('base64')]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, namespace, labels, annotations },
    type: 'Opaque',
    data: Object.fromEntries(data) as Record<string, string>,
  };
}
