import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { describeProblem, readPolicyFile } from './read-file.ts';

const CART = `apiVersion: culvert.dev/v1alpha1
kind: CapturePolicy
metadata: { name: cart, namespace: shop }
spec: { sampling: { percent: 10 } }
`;

test('a file may hold several policies and empty documents', () => {
  const { policies, problems } = readPolicyFile(
    'shop.yaml',
    `---\n${CART}---\n---\n${CART.replace('cart', 'till')}`,
  );

  assert.deepEqual(problems, []);
  assert.deepEqual(
    policies.map(({ metadata }) => metadata.name),
    ['cart', 'till'],
  );
});

test('a policy comes with the defaults of its definition', () => {
  const { policies } = readPolicyFile('shop.yaml', CART);

  assert.equal(policies[0]?.spec.bodies.requestBytes, 1_048_576);
});

test('the examples of the reference page are policies', async () => {
  for (const name of ['first', 'errors', 'careful']) {
    const file = new URL(import.meta.resolve(`@culvert/crds/examples/capture-policy-${name}.yaml`));

    const { policies, problems } = readPolicyFile(name, await readFile(file, 'utf8'));

    assert.deepEqual(problems, []);
    assert.equal(policies.length, 1);
  }
});

test('JSON is YAML too', () => {
  const text = JSON.stringify({
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: { name: 'cart' },
    spec: {},
  });

  const { policies } = readPolicyFile('shop.json', text);

  assert.equal(policies[0]?.metadata.namespace, 'default');
});

test('a mistake is told with file, line, document and what to write instead', () => {
  const wrong = CART.replace('percent: 10', 'percent: 1, fraction: { numerator: 1 }');

  const { problems } = readPolicyFile('shop.yaml', `${CART}---\n${wrong}`);

  assert.deepEqual(problems.map(describeProblem), [
    'shop.yaml:6: document 2: spec.sampling is {"percent":1,"fraction":{"numerator":1,"denominator":100}}: percent and fraction exclude each other: keep one of them',
  ]);
});

test('text that is no YAML is a mistake of its document alone', () => {
  const { policies, problems } = readPolicyFile('shop.yaml', `a: [\n---\n${CART}`);

  assert.equal(policies.length, 1);
  assert.match(problems.map(describeProblem).join('\n'), /^shop\.yaml.*document 1: no valid YAML: /);
});

test('a key that stands twice is a mistake', () => {
  const { problems } = readPolicyFile('shop.yaml', CART.replace('spec:', 'spec: {}\nspec:'));

  assert.deepEqual(problems.map(describeProblem), [
    'shop.yaml:1: document 1: the key "spec" stands twice in one mapping at line 5: remove one of them',
  ]);
});

test('a key that stands twice is found however it is written, and at any depth', () => {
  const keysOf = (spec: string): number =>
    readPolicyFile('shop.yaml', CART.replace('{ percent: 10 }', spec)).problems.filter(({ sentence }) =>
      sentence.includes('twice'),
    ).length;

  assert.equal(keysOf('{ percent: 10, "percent": 5 }'), 1);
  assert.equal(keysOf('[[{ 1: a, "1": b, c: d }], { c: d }]'), 1);
  assert.equal(keysOf('&same { percent: 10 }'), 0);
});

test('of many mistakes the first are told, and how many there are', () => {
  const many = Array.from({ length: 2_000 }, (_, index) => `unknown${index}: 1`).join(', ');

  const { problems } = readPolicyFile('shop.yaml', CART.replace('sampling', `${many}, sampling`));

  assert.equal(problems.length, 21);
  assert.equal(problems.at(-1)?.sentence, 'and 1980 more');
});

test('byte order marks and line ends of other systems change nothing', () => {
  const { policies, problems } = readPolicyFile('shop.yaml', `\ufeff${CART.replaceAll('\n', '\r\n')}`);

  assert.deepEqual(problems, []);
  assert.equal(policies.length, 1);
});

test('nesting without end is a mistake and no crash', () => {
  const deep = '['.repeat(20_000);

  assert.ok(readPolicyFile('deep.yaml', deep).problems.length > 0);
  assert.ok(readPolicyFile('deep.json', `{"spec":${deep}`).problems.length > 0);
});

test('resources of other kinds are passed over with a warning', () => {
  const { policies, problems, warnings } = readPolicyFile(
    'shop.yaml',
    `${CART}---\napiVersion: v1\nkind: Service\nmetadata: { name: cart }\n`,
  );

  assert.equal(policies.length, 1);
  assert.deepEqual(problems, []);
  assert.deepEqual(warnings.map(describeProblem), [
    'shop.yaml:6: document 2: Service is passed over: only CapturePolicy counts outside a cluster',
  ]);
});

test('bare words are read as kubectl reads them', () => {
  const header = (value: string): string =>
    CART.replace('sampling: { percent: 10 }', `match: [{ headers: [{ name: x-a, value: ${value} }] }]`);

  assert.match(
    readPolicyFile('a.yaml', header('on')).problems[0]?.sentence ?? '',
    /is true and should be text/,
  );
  assert.deepEqual(readPolicyFile('a.yaml', header('"on"')).problems, []);
  assert.deepEqual(readPolicyFile('a.yaml', header('2026-11-21')).problems, []);
  assert.deepEqual(readPolicyFile('a.yaml', header('10:20:30')).problems, []);
});

test('anchors that multiply without end are refused', () => {
  const levels = ['a: &a [x, x, x, x, x, x, x, x, x, x]'];
  for (let level = 1; level < 9; level++)
    levels.push(
      `${'abcdefghi'[level]}: &${'abcdefghi'[level]} [${Array(10)
        .fill(`*${'abcdefghi'[level - 1]}`)
        .join()}]`,
    );

  const { policies, problems } = readPolicyFile('bomb.yaml', levels.join('\n'));

  assert.equal(policies.length, 0);
  assert.deepEqual(
    problems.map(({ sentence }) => sentence.split(':', 1)[0]),
    ["can't be read as JSON"],
  );
});
