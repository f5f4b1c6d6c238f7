import { deepEqual, equal, rejects } from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import type { KubernetesClient } from '../kubernetes/client.ts';
import { secretPath } from '../kubernetes/paths.ts';
import { clientOf } from '../webhook/testing/installed.ts';
import { createPullSecrets } from './pull-secrets.ts';

const OPERATOR = 'culvert-system';
const COPY = 'culvert-pull-registry';
const CREDENTIALS = { '.dockerconfigjson': Buffer.from('{"auths":{}}').toString('base64') };

interface Secret {
  readonly type: string;
  readonly data: object;
}

let api: KubernetesApi;
let client: KubernetesClient;

before(async () => {
  api = await startKubernetesApi();
  client = clientOf(api);
  await api.createNamespace(OPERATOR);
  await make(OPERATOR, 'registry', CREDENTIALS);
});

after(async () => {
  client.close();
  await api.stop();
});

async function make(namespace: string, name: string, data: object): Promise<void> {
  await client.create(`/api/v1/namespaces/${namespace}/secrets`, {
    metadata: { name },
    type: 'kubernetes.io/dockerconfigjson',
    data,
  });
}

function read(namespace: string): Promise<Secret | undefined> {
  return client.get<Secret>(secretPath(namespace, COPY)).catch(() => undefined);
}

test('a pull Secret is copied with its kind, and its copy goes when the namespace needs it no more', async () => {
  await api.createNamespace('shop');
  const secrets = createPullSecrets(client, OPERATOR, ['registry']);

  await secrets.ensure('shop');
  const copied = await read('shop');
  await secrets.withdraw('shop', false);

  deepEqual([copied?.type, copied?.data], ['kubernetes.io/dockerconfigjson', CREDENTIALS]);
  equal(await read('shop'), undefined);
});

test('a Secret of somebody else’s is neither overwritten nor removed', async () => {
  await api.createNamespace('taken');
  const theirs = { '.dockerconfigjson': Buffer.from('{"auths":{"theirs":{}}}').toString('base64') };
  await make('taken', COPY, theirs);
  const secrets = createPullSecrets(client, OPERATOR, ['registry']);

  await rejects(
    secrets.ensure('taken'),
    /culvert-pull-registry of namespace taken was not made by the operator/,
  );
  await secrets.withdraw('taken', true);

  deepEqual((await read('taken'))?.data, theirs);
});

test('a pull Secret that is missing is named', async () => {
  await api.createNamespace('other');

  const copying = createPullSecrets(client, OPERATOR, ['absent']).ensure('other');

  await rejects(copying, /there is no pull Secret absent in namespace culvert-system/);
});
