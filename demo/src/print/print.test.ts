import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config.ts';
import { formatAddresses } from './addresses.ts';
import { createProgress } from './progress.ts';
import { createStyle } from './style.ts';
import { formatTable } from './table.ts';

const plain = createStyle(false, {});

test('a table pads each column to its longest cell and leaves no blanks at the end', () => {
  const columns = [
    { heading: 'NAME', align: 'left' },
    { heading: 'SIZE', align: 'right' },
    { heading: 'NOTE', align: 'left' },
  ] as const;

  assert.deepEqual(
    formatTable(columns, [
      ['a', '1', ''],
      ['longer', '12345', 'x'],
    ]),
    ['NAME     SIZE  NOTE', 'a           1', 'longer  12345  x'],
  );
});

test('colours are for terminals only, and NO_COLOR turns them off there', () => {
  assert.notEqual(createStyle(true, {}).bold('x'), 'x');
  assert.equal(createStyle(true, { NO_COLOR: '1' }).bold('x'), 'x');
  assert.equal(createStyle(true, { TERM: 'dumb' }).bold('x'), 'x');
  assert.equal(plain.bold('x'), 'x');
});

test('a step ends with a tick and its time, one that fails with a cross, and nothing is rewritten off a terminal', async () => {
  let written = '';
  const progress = createProgress((text) => (written += text), plain, false);

  await progress.step('good', async () => {
    progress.remark('on the way');
  });
  await progress.step('half', async () => 5, { fault: (result) => `only ${result}` });
  const failed = progress.step('bad', async () => {
    throw new Error('no');
  });

  await assert.rejects(failed, /no/);
  assert.match(
    written,
    /^ {4}on the way\n {2}✓ good {2}\d\.\d s\n {2}✗ half: only 5 {2}\d\.\d s\n {2}✗ bad {2}\d\.\d s\n$/,
  );
});

test('where to look next names the ports that were chosen, for browsers, curl and the command line', () => {
  const shown = formatAddresses(readConfig({ CULVERT_DEMO_API_PORT: '19090' }), '/logs', plain);

  assert.match(shown, /GraphiQL +http:\/\/127\.0\.0\.1:19090\/graphql\n/);
  assert.match(shown, /curl -H .* http:\/\/127\.0\.0\.1:19090\/graphql\n/);
  assert.match(shown, /culvert\.mjs tail --url http:\/\/127\.0\.0\.1:19090\/graphql$/);
});
