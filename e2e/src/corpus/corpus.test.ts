import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesFrom, conversations } from './corpus.ts';

test('the corpus has at least 60 conversations, each with a name of its own', () => {
  const names = new Set(conversations.map(({ name }) => name));
  assert.equal(names.size, conversations.length);
  assert.ok(names.size >= 60);
});

test('no step is empty, and nothing is sent by a side that has ended', () => {
  for (const { name, steps } of conversations) {
    const ended = new Set<string>();
    for (const step of steps) {
      assert.ok(!ended.has(step.from), name);
      if ('bytes' in step) assert.ok(step.bytes.length > 0, name);
      else ended.add(step.from);
    }
  }
});

test('an exchange is open only where neither side has ended or turned opaque', () => {
  for (const { name, steps, exchanges, opaque } of conversations) {
    const isOpen = exchanges.some(({ outcome }) => outcome === 'OPEN');
    const isOver = opaque !== undefined || steps.some((step) => !('bytes' in step));
    assert.ok(!isOpen || !isOver, name);
  }
});

test('expected bodies are no longer than what was sent', () => {
  for (const conversation of conversations) {
    const { name, exchanges } = conversation;
    const requested = exchanges.reduce((sum, { request }) => sum + request.body.length, 0);
    const answered = exchanges.reduce((sum, { response }) => sum + (response?.body.length ?? 0), 0);
    assert.ok(requested <= bytesFrom(conversation, 'client').length, name);
    assert.ok(answered <= bytesFrom(conversation, 'server').length, name);
  }
});
