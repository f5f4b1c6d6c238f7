import assert from 'node:assert/strict';
import { test } from 'node:test';
import { notCaptured } from '@culvert/policy/port-rules';
import { createLogger } from '@culvert/runtime/log';
import { PortTable } from '../select/port-table.ts';
import { Configuration, DEFAULT_REVISION, ownerOf, type DocumentOwner } from './configuration.ts';
import { documentOf } from './testing/rig.ts';

function setUp(owner?: DocumentOwner) {
  const ports = new PortTable({ ports: {}, otherPorts: notCaptured(null) });
  const log = createLogger('test', 'fatal');
  return { ports, configuration: new Configuration({ ...(owner && { owner }), ports, log, now: () => 0 }) };
}

test('a document is put in force although its revision is the word for having none', () => {
  const { ports, configuration } = setUp();

  assert.equal(configuration.apply(documentOf(DEFAULT_REVISION, {})), true);

  assert.equal(ports.forPort(80).rules.capture, 'http');
});

test('a document of the revision that is in force changes nothing', () => {
  const { ports, configuration } = setUp();
  configuration.apply(documentOf('r1', {}));
  const { rules } = ports.forPort(80);

  assert.equal(configuration.apply(documentOf('r1', {})), true);

  assert.equal(ports.forPort(80).rules, rules);
});

test('a document that is nested without end, or too long, is refused', () => {
  const { ports, configuration } = setUp();
  configuration.apply(documentOf('r1', {}));

  for (const bad of [
    '['.repeat(500_000),
    `{"kind":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ' '.repeat(2 ** 21),
  ])
    assert.equal(configuration.apply(bad), false);

  assert.equal(configuration.refused, 3);
  assert.equal(configuration.revision, 'r1');
  assert.equal(ports.forPort(80).rules.capture, 'http');
});

test('the key says which namespace an agent belongs to, else its settings do', () => {
  const own = { namespace: 'shop', workload: 'Deployment/cart' };

  assert.deepEqual(ownerOf({ ...own, configKey: 'workload.bank.x' }), { ...own, namespace: 'bank' });
  for (const configKey of ['', 'cart', 'manifest.bank'])
    assert.deepEqual(ownerOf({ ...own, configKey }), own);
});

test('an agent that does not know its workload takes the documents of its namespace', () => {
  const { configuration } = setUp({ namespace: 'shop', workload: '' });

  assert.equal(configuration.apply(documentOf('r1', {})), true);
  assert.equal(configuration.apply(documentOf('r2', {}).replace('"shop"', '"shopping"')), false);

  assert.deepEqual([configuration.revision, configuration.refused, configuration.foreign], ['r1', 1, 1]);
});
