import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { SecretFiles } from './secrets.ts';

function setUp(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'culvert-secrets-'));
  t.after(() => rmSync(directory, { recursive: true }));
  return {
    directory,
    secrets: new SecretFiles(directory),
    write: (name: string, content: string | Buffer) => {
      writeFileSync(join(directory, name), content);
    },
  };
}

test('user and password count together, without the line end of an editor', (t) => {
  const { secrets, write } = setUp(t);
  assert.equal(secrets.natsCredentials(), undefined);
  write('nats-user', 'agent\n');
  assert.equal(secrets.natsCredentials(), undefined);
  write('nats-password', ' p\r\n');
  assert.deepEqual(secrets.natsCredentials(), { user: 'agent', pass: 'p' });
});

test('a token wins over user and password', (t) => {
  const { secrets, write } = setUp(t);
  write('nats-user', 'agent');
  write('nats-password', 'p');
  write('nats-token', 't');
  assert.deepEqual(secrets.natsCredentials(), { auth_token: 't' });
});

test('a redaction key is taken byte for byte and followed when it changes', (t) => {
  const { secrets, write } = setUp(t);
  assert.equal(secrets.redactionKey(), undefined);
  write('redaction-key', Buffer.from([0, 10, 255, 10]));
  assert.deepEqual(secrets.redactionKey(), Buffer.from([0, 10, 255, 10]));
  write('redaction-key', 'other');
  assert.equal(secrets.redactionKey()?.toString(), 'other');
});

test('what is empty, too large or no file counts as missing', (t) => {
  const { directory, secrets, write } = setUp(t);
  write('redaction-key', '');
  assert.equal(secrets.redactionKey(), undefined);
  write('redaction-key', 'x'.repeat(4_097));
  assert.equal(secrets.redactionKey(), undefined);
  mkdirSync(join(directory, 'nats-token'));
  assert.equal(secrets.natsCredentials(), undefined);
});

test('without a directory there are no secrets', () => {
  const secrets = new SecretFiles('');
  assert.equal(secrets.natsCredentials(), undefined);
  assert.equal(secrets.redactionKey(), undefined);
});
