import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isPolicyFile, planFiles } from './plan.ts';

const none = new Map<string, string>();

test('YAML and JSON files hold policies; what editors and ConfigMap mounts keep beside them does not', () => {
  const names = [
    'a.yaml',
    'b.yml',
    'c.JSON',
    '.a.yaml.swp',
    '.hidden.yaml',
    'a.yaml~',
    '#a.yaml#',
    '..data',
    'a.txt',
  ];
  const more = ['~a.yaml', 'a.yaml.tmp', '4913', 'yaml'];

  assert.deepEqual([...names, ...more].filter(isPolicyFile), ['a.yaml', 'b.yml', 'c.JSON']);
});

test('a file is read once it looks the same twice', () => {
  const first = new Map([['a.yaml', '1']]);
  const second = new Map([['a.yaml', '2']]);

  assert.deepEqual(planFiles(none, first, none), { read: [], forget: [] });
  assert.deepEqual(planFiles(first, second, none), { read: [], forget: [] });
  assert.deepEqual(planFiles(second, second, none), { read: ['a.yaml'], forget: [] });
  assert.deepEqual(planFiles(second, second, second), { read: [], forget: [] });
});

test('a file is forgotten once it is missing twice, so that one which is being exchanged stays', () => {
  const there = new Map([['a.yaml', '1']]);

  assert.deepEqual(planFiles(there, none, there), { read: [], forget: [] });
  assert.deepEqual(planFiles(none, none, there), { read: [], forget: ['a.yaml'] });
});
