import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { root } from '@culvert/demo/launcher/root';
import { render } from './testing/helm.ts';
import { find, podOf, variable } from './testing/manifests.ts';

/** Resources like no others. */
function distinct(milli: number): object {
  return {
    requests: { cpu: `${milli}m`, memory: `${milli}Mi` },
    limits: { cpu: milli, memory: `${milli + 1}Mi`, 'ephemeral-storage': '1Gi' },
  };
}

test('A17: resources set in values are the resources rendered, in every container', async () => {
  const wanted = {
    operator: distinct(1),
    nats: distinct(2),
    postgres: distinct(3),
    node: distinct(4),
    jobs: distinct(5),
    ingest: distinct(6),
    api: distinct(7),
  };

  const manifests = await render({
    embedded: { enabled: true, nats: { resources: wanted.nats }, postgres: { resources: wanted.postgres } },
    operator: { resources: wanted.operator },
    orchestrator: {
      split: true,
      ingest: { resources: wanted.ingest },
      api: { resources: wanted.api },
    },
    node: { resources: wanted.node },
    jobs: { resources: wanted.jobs },
  });

  const rendered = Object.fromEntries(
    manifests.flatMap((manifest) =>
      (podOf(manifest)?.spec.containers ?? []).map(({ resources }) => [manifest.metadata.name, resources]),
    ),
  );
  assert.deepEqual(rendered, {
    'culvert-operator': wanted.operator,
    'culvert-nats': wanted.nats,
    'culvert-postgres': wanted.postgres,
    'culvert-node': wanted.node,
    'culvert-init-secrets': wanted.jobs,
    'culvert-test': wanted.jobs,
    'culvert-orchestrator-ingest': wanted.ingest,
    'culvert-orchestrator-api': wanted.api,
  });
});

test('A17: resources of the undivided orchestrator are those of the values, and none where none are wanted', async () => {
  const manifests = await render({
    embedded: { enabled: true },
    orchestrator: { resources: { requests: { cpu: '123m', memory: null }, limits: null } },
  });

  const [container] = podOf(find(manifests, 'Deployment', 'culvert-orchestrator'))?.spec.containers ?? [];
  assert.deepEqual(container?.resources, { requests: { cpu: '123m' } });
});

test('A17: resources of sidecar and redirect reach the operator as they are, amounts as texts', async () => {
  const manifests = await render({
    embedded: { enabled: true },
    injection: { sidecar: { resources: distinct(8) }, redirect: { resources: distinct(9) } },
  });

  const [operator] = podOf(find(manifests, 'Deployment', 'culvert-operator'))?.spec.containers ?? [];
  const given = (name: string): unknown => JSON.parse(variable(operator, name) ?? '');
  assert.deepEqual(given('CULVERT_SIDECAR_RESOURCES'), {
    requests: { cpu: '8m', memory: '8Mi' },
    limits: { cpu: '8', memory: '9Mi', 'ephemeral-storage': '1Gi' },
  });
  assert.deepEqual(given('CULVERT_REDIRECT_RESOURCES'), {
    requests: { cpu: '9m', memory: '9Mi' },
    limits: { cpu: '9', memory: '10Mi', 'ephemeral-storage': '1Gi' },
  });
});

test('the heap of the operator follows its memory limit and stays below it', () => {
  const options = readFileSync(join(root, 'operator/node-options'), 'utf8');

  const [, percentage] = /--max-old-space-size-percentage=(\d+)/.exec(options) ?? [];
  assert.ok(Number(percentage) <= 75, options); // the rest is for buffers, code and stacks
  assert.doesNotMatch(options, /--max-old-space-size=/);
});
