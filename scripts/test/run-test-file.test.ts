import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { runTestFile } from './run-test-file.ts';

function runSource(t: TestContext, source: string): ReturnType<typeof runTestFile> {
  const folder = mkdtempSync(join(tmpdir(), 'culvert-run-test-file-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  // By this variable node refuses to run test files from within one.
  delete process.env['NODE_TEST_CONTEXT'];
  writeFileSync(join(folder, 'x.test.ts'), source);
  return runTestFile(folder, 'x.test.ts');
}

test('tests that pass are named, and suites are not counted', async (t) => {
  const result = await runSource(
    t,
    `import { suite, test } from 'node:test';
     test('one', () => {});
     suite('several', () => { test('two', () => {}); });`,
  );
  assert.deepEqual(result.passed, ['one', 'two']);
  assert.deepEqual(result.failures, []);
});

test('a test that fails is named with its reason, and what the file printed is kept', async (t) => {
  const result = await runSource(
    t,
    `import { test } from 'node:test';
     test('bad', () => { console.log('a trace'); throw new Error('no good'); });`,
  );
  assert.equal(result.failures[0]?.title, 'bad');
  assert.match(result.failures[0].detail, /no good/);
  assert.match(result.output, /a trace/);
});

test('what is skipped or still to do counts as failed', async (t) => {
  const result = await runSource(
    t,
    `import { test } from 'node:test';
     test('later', { ['sk' + 'ip']: true }, () => {});
     test('some day', { ['to' + 'do']: true }, () => {});`,
  );
  assert.deepEqual(
    result.failures.map(({ title }) => title),
    ['later', 'some day'],
  );
});

test('a file without tests and a file that ends early count as failed', async (t) => {
  assert.equal((await runSource(t, '')).failures.length, 1);
  assert.equal((await runSource(t, `throw new Error('at once');`)).failures.length, 1);
});
