import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentSubject, decodeSubjectToken, encodeSubjectToken, readAgentSubject } from './subject.ts';

for (const [text, token] of [
  ['plain-Name_1', 'plain-Name_1'],
  ['a.b', 'a~2Eb'],
  ['*', '~2A'],
  ['>', '~3E'],
  ['a~b', 'a~7Eb'],
  ['\u00fc', '~C3~BC'],
  ['two words', 'two~20words'],
  ['', '~'],
] as const) {
  test(`${JSON.stringify(text)} becomes the token ${token} and comes back`, () => {
    assert.equal(encodeSubjectToken(text), token);
    assert.equal(decodeSubjectToken(token), text);
  });
}

test('a subject has five tokens whatever the names contain', () => {
  const subject = agentSubject('exchange', { cluster: 'eu.west', namespace: 'shop', agentId: 'a b>c' });
  assert.equal(subject, 'culvert.exchange.eu~2Ewest.shop.a~20b~3Ec');
});

test('a subject says whose it is, and what is no subject of an agent says nothing', () => {
  const owner = { cluster: 'eu.west', namespace: 'shop', agentId: 'a b>c' };

  assert.deepEqual(readAgentSubject(agentSubject('metrics', owner)), { kind: 'metrics', owner });
  for (const other of ['culvert.metrics', 'culvert.metrics.a.b.c.d', 'other.metrics.a.b.c', ''])
    assert.equal(readAgentSubject(other), undefined, other);
});
