import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import { json } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { startKubernetesApi, type KubernetesApi } from '@culvert/demo/launcher/kubernetes-api';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { validateResource } from '../validate.ts';
import { HOSTILE_SPECS } from './corpus/hostile-specs.ts';
import { SPECS } from './corpus/specs.ts';

let api: KubernetesApi;

before(async () => {
  api = await startKubernetesApi();
  const definition = new URL(import.meta.resolve('@culvert/crds/capturepolicies.yaml'));
  await api.apply(await readFile(definition, 'utf8'));
  await api.createNamespace('shop');
  const served = await becomesTrue(async () => (await create(policy({}))).problem === undefined, {
    timeoutMs: 30_000,
  });
  assert.ok(served, 'the API server does not serve the definition');
});

after(async () => {
  await api.stop();
});

for (const { name, spec, refused } of [...SPECS, ...HOSTILE_SPECS]) {
  test(`the API server and the own validation agree about ${name}`, async () => {
    const resource = policy({ spec });

    const [server, own] = [await create(resource), validateResource(resource)];

    if (refused === undefined) {
      assert.deepEqual(own.ok ? [] : own.problems, []);
      assert.equal(server.problem, undefined);
      assert.deepEqual(own.ok && own.policy.spec, server.spec, 'defaults are the same');
    } else {
      assert.ok(!own.ok, 'the own validation accepts it');
      assert.notEqual(server.problem, undefined, 'the API server accepts it');
      if (refused === true) return;
      assert.match(own.problems.join('\n'), literally(refused));
      assert.match(server.problem ?? '', literally(refused));
    }
  });
}

const RESOURCES: readonly { readonly name: string; readonly resource: object; readonly refused: boolean }[] =
  [
    { name: 'a resource without spec', resource: policy({ spec: undefined }), refused: true },
    { name: 'an unknown field beside spec', resource: policy({ specs: {} }), refused: true },
    { name: 'an upper-case name', resource: policy({ metadata: { name: 'Cart' } }), refused: true },
    { name: 'a name with dots', resource: policy({ metadata: { name: 'cart.v1' } }), refused: false },
    { name: 'a long name', resource: policy({ metadata: { name: 'x'.repeat(254) } }), refused: true },
    { name: 'unknown metadata', resource: policy({ metadata: { name: 'a', label: {} } }), refused: true },
    {
      name: 'labels',
      resource: policy({ metadata: { name: 'a', labels: { 'a.b/c': 'd' } } }),
      refused: false,
    },
    {
      name: 'a wrong label',
      resource: policy({ metadata: { name: 'a', labels: { a: 'b c' } } }),
      refused: true,
    },
    {
      name: 'a label of a number',
      resource: policy({ metadata: { name: 'a', labels: { a: 1 } } }),
      refused: true,
    },
    {
      name: 'an annotation',
      resource: policy({ metadata: { name: 'a', annotations: { a: 'b\nc' } } }),
      refused: false,
    },
    {
      name: 'a wrong annotation',
      resource: policy({ metadata: { name: 'a', annotations: { '-': '' } } }),
      refused: true,
    },
    ...metadataCase('labels that are null', { labels: null, creationTimestamp: null }, false),
    ...metadataCase('a label with two dots in its prefix', { labels: { 'a..b/c': 'd' } }, true),
    ...metadataCase('a label with a dash at an end', { labels: { 'a-.b/c': 'd' } }, true),
    ...metadataCase('a label with a long prefix', { labels: { [`${'x'.repeat(254)}/c`]: 'd' } }, true),
    ...metadataCase('an annotation with capitals', { annotations: { 'Example.COM/Foo': 'd' } }, false),
    ...metadataCase('an annotation of a number', { annotations: { a: 1 } }, true),
    ...metadataCase('an annotation that is too long', { annotations: { a: 'x'.repeat(262_145) } }, true),
    ...metadataCase('a name with two dots', { name: 'a..b' }, true),
    ...metadataCase('a name with a line break at its end', { name: 'a\n' }, true),
    ...metadataCase('a name of a number', { name: 5 }, true),
    ...metadataCase('a time that is none', { creationTimestamp: 'yesterday' }, true),
    ...metadataCase('a generation that is none', { generation: 'x' }, true),
    ...metadataCase('half a generation', { generation: 1.5 }, true),
    ...metadataCase('a UID of a number', { uid: 5 }, true),
    { name: 'another kind', resource: policy({ kind: 'CapturePolice' }), refused: true },
    { name: 'another version', resource: policy({ apiVersion: 'culvert.dev/v1' }), refused: true },
    { name: 'a status', resource: policy({ status: { matchedPods: 1 } }), refused: false },
  ];

for (const { name, resource, refused } of RESOURCES) {
  test(`the API server and the own validation agree about ${name}`, async () => {
    const [server, own] = [await create(resource), validateResource(resource)];

    assert.equal(!own.ok, refused, own.ok ? 'the own validation accepts it' : own.problems.join('\n'));
    assert.equal(server.problem !== undefined, refused, server.problem ?? 'the API server accepts it');
  });
}

test('the API server takes the examples of the reference page', async () => {
  await api.createNamespace('bank');
  for (const name of ['first', 'errors', 'careful']) {
    const file = import.meta.resolve(`@culvert/crds/examples/capture-policy-${name}.yaml`);

    const answer = await api.kubectl(['create', '--dry-run=server', '-f', fileURLToPath(file)]);

    assert.match(answer, /created \(server dry run\)/);
  }
});

test('kubectl explain describes every field', async () => {
  const published = await becomesTrue(
    () =>
      api.kubectl(['explain', 'cap.spec']).then(
        () => true,
        () => false,
      ),
    { timeoutMs: 30_000 },
  );
  assert.ok(published, 'the API server does not publish the schema');
  const described: string[] = [];
  const objects = [
    'spec',
    'spec.selector',
    'spec.ports',
    'spec.match',
    'spec.match.headers',
    'spec.sampling',
  ];
  for (const path of [
    ...objects,
    'spec.sampling.fraction',
    'spec.redaction',
    'status',
    'status.conditions',
  ]) {
    const explained = await api.kubectl(['explain', `cap.${path}`]);

    assert.doesNotMatch(explained, /<no description>/, path);
    described.push(...(explained.match(/^  \w+\t</gm) ?? []));
  }
  assert.ok(described.length > 40, `only ${described.length} fields`);
});

test('kubectl lists policies by their short name and category', async () => {
  const columns = /^NAME +READY +REASON +MATCHED +INJECTED +UP-TO-DATE +AGE/;
  await api.kubectl(['create', '-f', '-'], {
    input: JSON.stringify(policy({ metadata: { name: 'cart', namespace: 'shop' } })),
  });

  assert.match(await api.kubectl(['get', 'cap', '-n', 'shop']), columns);
  assert.match(await api.kubectl(['get', 'culvert', '-n', 'shop']), columns);
});

function metadataCase(name: string, metadata: object, refused: boolean): typeof RESOURCES {
  return [{ name, resource: policy({ metadata: { name: 'a', ...metadata } }), refused }];
}

function policy(fields: object): object {
  return {
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    ...{ metadata: { name: 'cart' }, spec: {}, ...fields },
  };
}

/** Creates a resource for nothing but the verdict, as a strict kubectl would. */
async function create(resource: object): Promise<{ readonly problem?: string; readonly spec?: unknown }> {
  const { promise, resolve, reject } = Promise.withResolvers<{ problem?: string; spec?: unknown }>();
  request(
    `${api.url}/apis/culvert.dev/v1alpha1/namespaces/shop/capturepolicies?dryRun=All&fieldValidation=Strict`,
    {
      method: 'POST',
      ca: api.authority,
      cert: api.administrator.certificate,
      key: api.administrator.key,
      headers: { 'content-type': 'application/json' },
    },
    (response) => {
      json(response).then((answer) => {
        const { message, spec } = answer as { message?: string; spec?: unknown };
        resolve(response.statusCode === 201 ? { spec } : { problem: message ?? '' });
      }, reject);
    },
  )
    .on('error', reject)
    .end(JSON.stringify(resource));
  return promise;
}

function literally(text: string): RegExp {
  return new RegExp(RegExp.escape(text));
}
