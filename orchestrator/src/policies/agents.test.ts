import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AgentHeartbeat } from '@culvert/proto';
import { agentSubject } from '@culvert/traffic/subject';
import { readAgent } from './agents.ts';

const SUBJECT = agentSubject('metrics', { cluster: 'local', namespace: 'shop', agentId: 'agent-1' });

function read(more: Partial<AgentHeartbeat>) {
  const heartbeat = AgentHeartbeat.create({ configKey: 'workload.shop.cart', ...more });
  return readAgent(SUBJECT, AgentHeartbeat.encode(heartbeat).finish());
}

test('an agent belongs to the namespace of its subject, whatever it says', () => {
  const identity = { cluster: 'local', namespace: 'bank', workload: 'Process/cart' };

  const agent = read({ identity: AgentHeartbeat.create({ identity }).identity });

  assert.deepEqual([agent?.namespace, agent?.workload], ['shop', 'Process/cart']);
});

test('keys of other namespaces and documents, and what is no key or too long for a subject, are not taken from agents', () => {
  const keys = [
    '',
    'cart',
    'workload.bank.cart',
    'workload.bank.Deployment.api.0a1b2c3d',
    'workload.shopping.cart',
    'workload.shop',
    'workload.shop.',
    'workload.shop.*',
    'workload.sh=6Fp.cart',
    'manifest.shop',
    'endpoint.a',
    'tunnel.a',
    'a.*',
    '>',
    'a..b',
    '.a',
    'a b',
    'ä',
    `workload.shop.${'k'.repeat(1_011)}`,
    `workload.shop.${'k'.repeat(5_000)}`,
  ];

  assert.deepEqual(
    keys.filter((configKey) => read({ configKey }) !== undefined),
    [],
  );
  assert.equal(read({ configKey: `workload.shop.${'k'.repeat(1_010)}` })?.key.length, 1_024);
});

test('what is no heartbeat comes from no agent', () => {
  assert.equal(readAgent(SUBJECT, Buffer.from('no heartbeat')), undefined);
  assert.equal(readAgent('culvert.metrics', new Uint8Array()), undefined);
  assert.equal(read({ closing: true }), undefined);
});
