import type { AdmissionLookups } from './inject/admit.ts';
import type { KubernetesClient } from './kubernetes/client.ts';
import type { KubernetesObject } from './kubernetes/objects.ts';
import { LISTS } from './kubernetes/paths.ts';
import type { AgentSecrets } from './reconcile/agent-secret.ts';
import { sortOut, type PolicyBook } from './reconcile/policy-book.ts';
import type { Stores } from './watch/stores.ts';

/** What admission looks up, from what every replica watches. */
export function createAdmissionLookups(
  client: Pick<KubernetesClient, 'get'>,
  stores: Pick<Stores, 'namespaces' | 'capturePolicies'>,
  book: PolicyBook,
  limits: AdmissionLookups['limits'],
  pullSecrets: Pick<AgentSecrets, 'ensure'>,
): AdmissionLookups {
  return {
    limits,
    pullProblem: (namespace) =>
      pullSecrets.ensure(namespace).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      ),
    namespaceLabels: (namespace) => stores.namespaces.get('', namespace)?.metadata.labels,
    async readNamespaceLabels(namespace) {
      const { metadata } = await client.get<KubernetesObject>(`${LISTS.namespaces}/${namespace}`);
      return metadata.labels ?? {};
    },
    policies: (namespace) =>
      sortOut(stores.capturePolicies.inNamespace(namespace).map((kept) => book.judge(kept))),
  };
}
