import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperatorProcess } from '@culvert/demo/launcher/culvert';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { startInstallation, type Installation } from '../testing/installation.ts';
import { applyPolicy, conditionOf, createPod, deletePod, readPolicy } from '../testing/objects.ts';
import { RESTARTED_AT, RESTARTED_FOR } from './workload-state.ts';

const PATIENCE = { timeoutMs: 40_000, everyMs: 100 };
const APPS = '/apis/apps/v1/namespaces';

interface Workload {
  readonly metadata: { readonly generation: number };
  readonly spec: {
    readonly template: { readonly metadata: { readonly annotations?: Record<string, string> } };
  };
}

interface CoreEvent {
  readonly reason: string;
  readonly message: string;
  readonly involvedObject: { readonly kind: string; readonly name: string; readonly uid?: string };
}

let installation: Installation;
let operator: OperatorProcess;

before(async () => {
  installation = await startInstallation();
  operator = await installation.startOperator();
});
after(() => installation?.stop());

async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  assert.ok(await becomesTrue(condition, PATIENCE), `it never came to this: ${what}`);
}

/** Makes a Deployment with one pod of its ReplicaSet, as the controllers would. */
async function deploy(namespace: string, name: string): Promise<void> {
  const { client } = installation;
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [{ name: 'application', image: 'application', ports: [{ containerPort: 8080 }] }] },
  };
  const spec = { replicas: 1, selector: { matchLabels: { app: name } }, template };
  await client.create(`${APPS}/${namespace}/deployments`, { metadata: { name }, spec });
  await available(namespace, name, 1);
  await createPod(client, namespace, {
    name: `${name}-old-1`,
    labels: { app: name, 'pod-template-hash': 'old' },
    owner: { kind: 'ReplicaSet', name: `${name}-old` },
  });
}

async function read(namespace: string, name: string): Promise<Workload> {
  return installation.client.get(`${APPS}/${namespace}/deployments/${name}`);
}

/** Says what the controller says when `count` of one pod are of the newest template and available. */
async function available(namespace: string, name: string, count: 0 | 1): Promise<void> {
  const { metadata } = await read(namespace, name);
  await installation.client.merge(`${APPS}/${namespace}/deployments/${name}/status`, {
    status: {
      observedGeneration: metadata.generation,
      replicas: 1,
      updatedReplicas: 1,
      readyReplicas: count,
      availableReplicas: count,
      unavailableReplicas: 1 - count,
    },
  });
}

async function annotationsOf(namespace: string, name: string): Promise<Record<string, string>> {
  return (await read(namespace, name)).spec.template.metadata.annotations ?? {};
}

/** Replaces the old pod by one with the sidecar. */
async function replacePod(namespace: string, name: string): Promise<void> {
  const { client } = installation;
  await deletePod(client, namespace, `${name}-old-1`);
  await createPod(client, namespace, {
    name: `${name}-new-1`,
    labels: { app: name, 'pod-template-hash': 'new' },
    annotations: await annotationsOf(namespace, name),
    owner: { kind: 'ReplicaSet', name: `${name}-new` },
    sidecar: { key: `workload.${namespace}.Deployment.${name}.v1`, captured: [8080] },
  });
}

async function statusIs(namespace: string, expected: string): Promise<void> {
  await until(`${namespace} has ${expected}`, async () => {
    return conditionOf(await readPolicy(installation.client, namespace, 'all'), 'RolledOut') === expected;
  });
}

test('workloads without the sidecar are restarted one after the other, also by an operator that has just begun', async () => {
  const { api, client } = installation;
  await api.createNamespace('rolling', { 'culvert.dev/inject': 'enabled' });
  await deploy('rolling', 'a');
  await deploy('rolling', 'b');

  await applyPolicy(client, 'rolling', 'all', { rolloutPolicy: 'RollingUpdate' });
  await until('a is restarted', async () => RESTARTED_AT in (await annotationsOf('rolling', 'a')));
  await available('rolling', 'a', 0);
  await replacePod('rolling', 'a');
  await statusIs('rolling', 'False RollingOut');
  assert.equal(RESTARTED_AT in (await annotationsOf('rolling', 'b')), false);
  await operator.stop();
  operator = await installation.startOperator();
  await available('rolling', 'a', 1);
  await until('b is restarted', async () => RESTARTED_AT in (await annotationsOf('rolling', 'b')));
  const once = await annotationsOf('rolling', 'a');
  await replacePod('rolling', 'b');
  await available('rolling', 'b', 1);
  await statusIs('rolling', 'True RolledOut');

  const { items } = await client.get<{ items: readonly CoreEvent[] }>('/api/v1/namespaces/rolling/events');
  const told = items.filter(({ reason }) => reason === 'Restarted');
  assert.deepEqual(told.map(({ involvedObject: { kind, name } }) => `${kind}/${name}`).sort(), [
    'Deployment/a',
    'Deployment/b',
  ]);
  assert.match(told[0]?.message ?? '', /\(sidecar\).*rolloutPolicy RollingUpdate/);
  assert.ok(told.every(({ involvedObject: { uid } }) => (uid ?? '') !== '')); // describe finds it by that
  assert.equal(once[RESTARTED_FOR], 'sidecar');
  assert.deepEqual(await annotationsOf('rolling', 'a'), once);
});

test('with the policy Manual nothing is restarted', async () => {
  const { api, client } = installation;
  await api.createNamespace('manual', { 'culvert.dev/inject': 'enabled' });
  await deploy('manual', 'a');

  await applyPolicy(client, 'manual', 'all', {});
  await until('it is reconciled', async () => {
    return conditionOf(await readPolicy(client, 'manual', 'all'), 'Injected') === 'False NotInjected';
  });

  assert.deepEqual(await annotationsOf('manual', 'a'), {});
});

test('a restart whose pods come back without the sidecar is not repeated and stops the others', async () => {
  const { api, client } = installation;
  await api.createNamespace('useless', { 'culvert.dev/inject': 'enabled' });
  await deploy('useless', 'a');
  await deploy('useless', 'b');
  await applyPolicy(client, 'useless', 'all', { rolloutPolicy: 'RollingUpdate' });
  await until('a is restarted', async () => RESTARTED_AT in (await annotationsOf('useless', 'a')));
  const once = await annotationsOf('useless', 'a');

  await deletePod(client, 'useless', 'a-old-1');
  await createPod(client, 'useless', {
    name: 'a-new-1',
    labels: { app: 'a', 'pod-template-hash': 'new' },
    annotations: once,
    owner: { kind: 'ReplicaSet', name: 'a-new' },
  });
  await available('useless', 'a', 1);
  await statusIs('useless', 'False RestartHadNoEffect');

  assert.deepEqual(await annotationsOf('useless', 'a'), once);
  assert.deepEqual(await annotationsOf('useless', 'b'), {});
});
