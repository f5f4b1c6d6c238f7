import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { createTokenCheck, loadToken } from './token.ts';

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'culvert-token-'));
  t.after(() => rm(directory, { recursive: true }));
  return directory;
}

test('a token is made once, for its owner alone to read', async (t) => {
  const dataDirectory = join(await temporary(t), 'data');
  const source = { token: '', tokenFile: '', dataDirectory };

  const [first, second] = await Promise.all([loadToken(source), loadToken(source)]);
  const third = await loadToken(source);

  const file = join(dataDirectory, 'token');
  assert.equal((await stat(file)).mode & 0o777, 0o600);
  assert.equal((await readFile(file, 'utf8')).trim(), first.value);
  assert.ok(first.value.length >= 43);
  assert.deepEqual([second, third], [first, first]);
  assert.equal(first.file, file);
});

test('a token given by file or by value is taken as it is', async (t) => {
  const tokenFile = join(await temporary(t), 'token');
  await writeFile(tokenFile, '  from-file\n');
  const none = { token: '', tokenFile: '', dataDirectory: '/nowhere' };

  assert.equal((await loadToken({ ...none, tokenFile })).value, 'from-file');
  assert.deepEqual(await loadToken({ ...none, token: 'given' }), { value: 'given', file: undefined });
  await assert.rejects(
    loadToken({ ...none, tokenFile: `${tokenFile}.missing` }),
    /CULVERT_TOKEN_FILE: ENOENT/,
  );
});

test('an empty token file is a mistake, not an open door', async (t) => {
  const tokenFile = join(await temporary(t), 'token');
  await writeFile(tokenFile, '\n');

  await assert.rejects(loadToken({ token: '', tokenFile, dataDirectory: '' }), /is empty/);
});

test('only the token itself passes', () => {
  const check = createTokenCheck('s3cret');

  assert.equal(check('Bearer s3cret'), true);
  assert.equal(check('bearer  s3cret'), true);
  for (const header of [undefined, '', 's3cret', 'Basic s3cret', 'Bearer', 'Bearer s3cre', 'Bearer s3cret x'])
    assert.equal(check(header), false, header);
});
