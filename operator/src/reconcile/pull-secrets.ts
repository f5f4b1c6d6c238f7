import { pullSecretName } from '../inject/pull-secret-names.ts';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { isNotFound } from '../kubernetes/errors.ts';
import type { KubernetesObject } from '../kubernetes/objects.ts';
import { secretPath } from '../kubernetes/paths.ts';
import type { AgentSecrets } from './agent-secret.ts';

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const OPERATOR = 'culvert-operator';

interface Secret extends KubernetesObject {
  readonly type?: string;
  readonly data?: Readonly<Record<string, string>>;
}

/**
 * Keeps copies of the operator's pull Secrets in namespaces with injected pods, so that nodes can pull the sidecar there.
 * A change of what is copied arrives at the next {@link AgentSecrets.refresh}.
 *
 * @param namespace the operator's, in which the Secrets are
 * @param names theirs
 */
export function createPullSecrets(
  client: Pick<KubernetesClient, 'get' | 'apply' | 'remove'>,
  namespace: string,
  names: readonly string[],
): AgentSecrets {
  /** Whether a namespace has its copies; unknown for one that was not looked at. */
  const copied = new Map<string, boolean>();

  const find = (where: string, name: string): Promise<Secret | undefined> =>
    client.get<Secret>(secretPath(where, name)).catch((error: unknown) => {
      if (isNotFound(error)) return undefined;
      throw error;
    });
  const copy = async (target: string, name: string): Promise<void> => {
    const source = await find(namespace, name);
    if (source === undefined)
      throw new Error(`there is no pull Secret ${name} in namespace ${namespace}: make it, or name another`);
    const own = pullSecretName(name);
    const present = await find(target, own);
    if (present !== undefined && !isOurs(present))
      throw new Error(
        `Secret ${own} of namespace ${target} was not made by the operator and is left alone: rename or delete it`,
      );
    await client.apply(secretPath(target, own), {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: own,
        namespace: target,
        labels: { [MANAGED_BY]: OPERATOR, 'app.kubernetes.io/part-of': 'culvert' },
      },
      type: source.type,
      data: source.data ?? {},
    });
  };

  return {
    async ensure(target) {
      if (target === namespace || copied.get(target) === true) return;
      for (const name of names) await copy(target, name);
      copied.set(target, true);
    },
    async withdraw(target, maybeThere) {
      const known = copied.get(target);
      if (target === namespace || known === false || (known === undefined && !maybeThere)) return;
      for (const name of names) {
        const present = await find(target, pullSecretName(name));
        if (present !== undefined && isOurs(present))
          await client.remove(
            secretPath(target, pullSecretName(name)),
            present.metadata.uid === undefined ? undefined : { uid: present.metadata.uid },
          );
      }
      copied.set(target, false);
    },
    forget(target) {
      copied.delete(target);
    },
    refresh() {
      copied.clear();
    },
  };
}

/** Both as one. Neither waits for the other, nor fails because of it. */
export function together(first: AgentSecrets, second: AgentSecrets): AgentSecrets {
  const all = async (work: readonly Promise<void>[]): Promise<void> => {
    for (const result of await Promise.allSettled(work))
      if (result.status === 'rejected') throw result.reason;
  };
  return {
    ensure: (namespace) => all([first.ensure(namespace), second.ensure(namespace)]),
    withdraw: (namespace, maybeThere) =>
      all([first.withdraw(namespace, maybeThere), second.withdraw(namespace, maybeThere)]),
    forget(namespace) {
      first.forget(namespace);
      second.forget(namespace);
    },
    refresh() {
      first.refresh();
      second.refresh();
    },
  };
}

function isOurs({ metadata }: Secret): boolean {
  return metadata.labels?.[MANAGED_BY] === OPERATOR;
}
