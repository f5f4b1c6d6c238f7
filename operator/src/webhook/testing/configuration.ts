/** How the webhook is registered in tests. */
export interface RegistrationOptions {
  readonly name: string;
  readonly port: number;
  readonly failurePolicy: 'Ignore' | 'Fail';
  readonly excludedNamespaces: readonly string[];
}

/** A MutatingWebhookConfiguration with the two entries of an installation, which calls an address of this machine. */
export function webhookConfiguration(options: RegistrationOptions): object {
  const elsewhere = {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: options.excludedNamespaces,
  };
  const entry = (name: string, namespaces: readonly object[], pods: readonly object[]): object => ({
    name,
    clientConfig: { url: `https://127.0.0.1:${options.port}/inject` },
    rules: [
      {
        operations: ['CREATE'],
        apiGroups: [''],
        apiVersions: ['v1'],
        resources: ['pods'],
        scope: 'Namespaced',
      },
    ],
    namespaceSelector: { matchExpressions: namespaces },
    objectSelector: { matchExpressions: pods },
    admissionReviewVersions: ['v1'],
    failurePolicy: options.failurePolicy,
    reinvocationPolicy: 'IfNeeded',
    sideEffects: 'NoneOnDryRun',
    timeoutSeconds: 5,
  });
  const key = 'culvert.dev/inject';
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: options.name },
    webhooks: [
      entry(
        'namespaces.inject.culvert.dev',
        [{ key, operator: 'Exists' }, { key, operator: 'NotIn', values: ['disabled'] }, elsewhere],
        [{ key, operator: 'DoesNotExist' }],
      ),
      entry(
        'pods.inject.culvert.dev',
        [elsewhere],
        [
          { key, operator: 'Exists' },
          { key, operator: 'NotIn', values: ['false', 'disabled'] },
        ],
      ),
    ],
  };
}
