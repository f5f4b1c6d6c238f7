/** The webhook configuration of the chart, for an operator on this machine. */
export function webhookConfiguration(name: string, port: number): object {
  const exists = [{ key: 'culvert.dev/inject', operator: 'Exists' }];
  const absent = [{ key: 'culvert.dev/inject', operator: 'DoesNotExist' }];
  const entry = (prefix: string, selectors: object): object => ({
    name: `${prefix}.inject.culvert.dev`,
    admissionReviewVersions: ['v1'],
    clientConfig: { url: `https://localhost:${port}/inject` },
    rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
    failurePolicy: 'Fail',
    sideEffects: 'NoneOnDryRun',
    reinvocationPolicy: 'IfNeeded',
    timeoutSeconds: 10,
    ...selectors,
  });
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      entry('namespaces', {
        namespaceSelector: { matchExpressions: exists },
        objectSelector: { matchExpressions: absent },
      }),
      entry('pods', { objectSelector: { matchExpressions: exists } }),
    ],
  };
}
