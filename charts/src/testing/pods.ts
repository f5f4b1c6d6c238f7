import { podOf, type Manifest } from './manifests.ts';

/**
 * The pods that rendered objects make, in another namespace, without a service account: to be shown to an API server
 * that has Pod Security but no controllers.
 *
 * @returns a Pod for each object that has or is one, under the object's kind and name
 */
export function podsOf(manifests: readonly Manifest[], namespace: string): ReadonlyMap<string, object> {
  const pods = new Map<string, object>();
  for (const manifest of manifests) {
    const pod = podOf(manifest);
    if (pod === undefined) continue;
    const { serviceAccountName: _, ...spec } = pod.spec;
    const claimed = (manifest['spec'] as { readonly volumeClaimTemplates?: readonly unknown[] })
      .volumeClaimTemplates;
    const volumes = [...(spec.volumes ?? []), ...(claimed ? [{ name: 'data', emptyDir: {} }] : [])];
    pods.set(`${manifest.kind} ${manifest.metadata.name}`, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: manifest.metadata.name, namespace, labels: pod.metadata?.labels ?? {} },
      spec: { ...spec, volumes },
    });
  }
  return pods;
}
