import assert from 'node:assert/strict';
import { test } from 'node:test';
import { COMBINATIONS, EMBEDDED } from './testing/combinations.ts';
import { render } from './testing/helm.ts';
import { find, podOf, variable } from './testing/manifests.ts';

interface Marks {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

test('Secrets that are made in the cluster do not look like objects that Argo CD would prune or compare', async () => {
  const job = podOf(find(await render(EMBEDDED), 'Job', 'culvert-init-secrets'));

  const { labels, annotations } = JSON.parse(
    variable(job?.spec.containers[0], 'CULVERT_INIT_SECRETS') ?? '{}',
  ) as Marks;

  // By default the label is how it knows which objects belong to an application.
  assert.equal(labels['app.kubernetes.io/instance'], undefined);
  assert.equal(annotations['argocd.argoproj.io/sync-options'], 'Prune=false');
  assert.equal(annotations['argocd.argoproj.io/compare-options'], 'IgnoreExtraneous');
});

for (const [name, values] of Object.entries(COMBINATIONS)) {
  test(`a new version of the chart restarts nothing by its number alone: ${name}`, async () => {
    const templates = (await render(values))
      .filter(({ kind }) => kind !== 'Pod')
      .flatMap((one) => podOf(one) ?? []);

    assert.notEqual(templates.length, 0);
    for (const { metadata } of templates) {
      const labels = Object.keys(metadata?.labels ?? {});
      assert.ok(labels.includes('app.kubernetes.io/component'));
      assert.ok(!labels.includes('helm.sh/chart') && !labels.includes('app.kubernetes.io/version'));
    }
  });
}
