import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Settings } from '@culvert/runtime/config';
import { readConfig as readOperator, settings as operator } from '../../operator/src/config.ts';
import { readInitSecretsConfig } from '../../operator/src/init-secrets/config.ts';
import { readConfig as readOrchestrator, settings as orchestrator } from '../../orchestrator/src/config.ts';
import { readNodeConfig, settings as node } from '../../sidecar/src/node/config.ts';
import { COMBINATIONS, FOREIGN } from './testing/combinations.ts';
import { environmentOf, type Known } from './testing/environment.ts';
import { render, type Values } from './testing/helm.ts';
import { podOf } from './testing/manifests.ts';

const KNOWN: Known = {
  fields: { 'metadata.name': 'pod-1', 'metadata.namespace': 'culvert-system', 'spec.nodeName': 'node-1' },
  secrets: Object.fromEntries(
    ['culvert-nats', 'traffic-nats', 'my-nats']
      .flatMap((name) => [`${name}/nats-user`, `${name}/nats-password`, `${name}/nats-token`])
      .concat('culvert-postgres/password', 'traffic-postgres/password')
      .map((key): [string, string] => [key, 'abc'])
      .concat([['my-postgres/url', 'postgres://culvert:abc@postgres:5432/culvert']]),
  ),
};

/** The environments of a release's containers, by the container's name and pod's. */
async function environments(values: Values): Promise<ReadonlyMap<string, Record<string, string>>> {
  const manifests = await render(values);
  return new Map(
    manifests.flatMap((manifest) =>
      (podOf(manifest)?.spec.containers ?? []).map((container): [string, Record<string, string>] => [
        `${container.name} ${manifest.metadata.name}`,
        environmentOf(container, KNOWN),
      ]),
    ),
  );
}

/** What reads the environment of a container. */
const READERS: Readonly<
  Record<string, { read: (environment: Record<string, string>) => unknown; settings?: Settings }>
> = {
  operator: { read: readOperator, settings: operator },
  orchestrator: { read: readOrchestrator, settings: orchestrator },
  node: { read: readNodeConfig, settings: node },
  'init-secrets': { read: readInitSecretsConfig },
};

for (const [name, values] of Object.entries({ ...COMBINATIONS, ...FOREIGN })) {
  test(`each process accepts the environment that it gets, and knows every variable in it: ${name}`, async () => {
    let read = 0;
    for (const [container, environment] of await environments(values)) {
      const reader = READERS[container.split(' ')[0] ?? ''];
      if (reader === undefined) continue;
      read += 1;
      reader.read(environment);
      if (reader.settings === undefined) continue;
      const known = Object.values(reader.settings).map(({ variable }) => variable);
      const unknown = Object.keys(environment).filter(
        (variable) => /^CULVERT_/.test(variable) && !known.includes(variable),
      );
      assert.deepEqual(unknown, [], container);
    }
    assert.ok(read >= 2);
  });
}

test('the orchestrator connects with the credentials of the Secrets, inside the release or outside', async () => {
  const embedded = readOrchestrator(
    (await environments({ embedded: { enabled: true } })).get('orchestrator culvert-orchestrator') ?? {},
  );
  const external = readOrchestrator(
    (await environments(COMBINATIONS['external'] ?? {})).get('orchestrator culvert-orchestrator') ?? {},
  );

  assert.equal(embedded.natsUrl, 'nats://abc:abc@culvert-nats.culvert-system.svc:4222');
  assert.equal(
    embedded.postgresUrl,
    'postgres://culvert:abc@culvert-postgres.culvert-system.svc:5432/culvert',
  );
  assert.equal(external.natsUrl, 'nats://abc:abc@nats.data.svc:4222');
  assert.equal(external.postgresUrl, 'postgres://culvert:abc@postgres:5432/culvert');
});

test('what is kept follows from the values, and is less than the embedded volume by default', async () => {
  const orchestrator = async (values: Values) =>
    readOrchestrator((await environments(values)).get('orchestrator culvert-orchestrator') ?? {});

  const embedded = await orchestrator({ embedded: { enabled: true } });
  const external = await orchestrator(COMBINATIONS['external'] ?? {});
  const short = await orchestrator({
    embedded: { enabled: true },
    orchestrator: { retention: { hours: 5, bytes: 1_073_741_824 } },
  });

  const hour = 3_600_000;
  assert.deepEqual([embedded.retentionMs, embedded.acceptedPastMs], [72 * hour, 72 * hour]);
  assert.deepEqual([embedded.retentionBytes, external.retentionBytes], [12 * 1024 ** 3, 20 * 1024 ** 3]);
  assert.deepEqual(
    [short.retentionMs, short.acceptedPastMs, short.retentionBytes],
    [5 * hour, 5 * hour, 1024 ** 3],
  );
});
