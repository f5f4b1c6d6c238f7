import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { OperatorProcess } from '@culvert/demo/launcher/culvert';
import { becomesTrue } from '@culvert/demo/launcher/wait';
import { startInstallation, type Installation } from '../testing/installation.ts';
import { applyPolicy, conditionOf, readPolicy } from '../testing/objects.ts';

const PATIENCE = { timeoutMs: 40_000, everyMs: 50 };
/** A lease that is over soon, so that the test is. */
const SHORT = {
  CULVERT_LEASE_DURATION_MS: '8000',
  CULVERT_RENEW_DEADLINE_MS: '6000',
  CULVERT_RETRY_PERIOD_MS: '500',
};
const LEASE = '/apis/coordination.k8s.io/v1/namespaces/culvert-system/leases/culvert-operator';

let installation: Installation;

before(async () => {
  installation = await startInstallation();
});
after(() => installation?.stop());

async function leads(operator: OperatorProcess): Promise<boolean> {
  const text = await (await fetch(`${operator.metricsUrl}/metrics`)).text();
  return /^culvert_operator_leader 1$/m.test(text);
}

async function until(what: string, condition: () => Promise<boolean> | boolean): Promise<void> {
  assert.ok(await becomesTrue(condition, PATIENCE), `it never came to this: ${what}`);
}

async function reconciles(namespace: string): Promise<void> {
  const { api, client } = installation;
  await api.createNamespace(namespace);
  await applyPolicy(client, namespace, 'all', {});
  await until(`${namespace} is reconciled`, async () => {
    return conditionOf(await readPolicy(client, namespace, 'all'), 'Accepted') === 'True Accepted';
  });
}

test('one of two replicas leads, another takes over when it ends, at once, or is killed, when its lease is over', async () => {
  const first = await installation.startOperator({ ...SHORT, CULVERT_POD: 'first' });
  await until('the first leads', () => leads(first));
  const second = await installation.startOperator({ ...SHORT, CULVERT_POD: 'second' }, false);
  await reconciles('one');
  assert.equal(await leads(second), false);

  const exit = await first.stop();
  assert.equal(exit.code, 0);
  await until('the second leads', () => leads(second));
  await reconciles('two');
  const third = await installation.startOperator({ ...SHORT, CULVERT_POD: 'third' }, false);
  assert.equal(await leads(third), false);
  await second.kill();

  await until('the third leads', () => leads(third));
  await reconciles('three');
  await third.stop();
});

test('a leader whose lease somebody else holds ends with a status of its own and does not write any more', async () => {
  const { client } = installation;
  const operator = await installation.startOperator({ ...SHORT, CULVERT_POD: 'unlucky' });
  await until('it leads', () => leads(operator));

  await client.merge(LEASE, { spec: { holderIdentity: 'thief', renewTime: '2030-01-01T00:00:00.000000Z' } });
  const exit = await operator.exited;

  assert.equal(exit.code, 3);
  assert.match(operator.tail(), /lost the lease/);
  const lease = await client.get<{ spec: { holderIdentity: string } }>(LEASE);
  assert.equal(lease.spec.holderIdentity, 'thief');
});

test('a leader that can not reach the API server ends once its lease may be over', async () => {
  const { api } = installation;
  const operator = await installation.startOperator({ ...SHORT, CULVERT_POD: 'cut-off' });
  await until('it leads', () => leads(operator));

  await api.interrupt();
  const exit = await operator.exited;
  await api.restart();

  assert.equal(exit.code, 3);
});
