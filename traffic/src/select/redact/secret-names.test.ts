import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SecretNames } from './secret-names.ts';
import { READINGS } from './testing/readings.ts';

const NAMES = new SecretNames(['token', 'access_token', 'ü', 'card.number', 'à']);

for (const name of [
  'token',
  'token[]',
  'token%5B%5D',
  'token[0][x]',
  'user[token]',
  'user[auth][token]',
  'user[][token]',
  'user.token',
  'user[a.token]',
  'token%00x',
  'access[token%00x',
  '+token',
  '%20token',
  'token+',
  't%6Fken',
  't%256Fken',
  'access.token',
  'access+token',
  'access%20token',
  'access[token',
  'access%2Etoken',
  'x[access.token]',
  '%C3%BC',
  '\xc3\xbc',
  'card.number',
  'card_number',
  '\xc3\xa0',
]) {
  test(`${JSON.stringify(name)} is read as a named secret by some server`, () => {
    assert.equal(NAMES.has(name), true);
  });
}

for (const name of [
  'tokens',
  'mytoken',
  'Token',
  'user',
  'access',
  'access-token',
  'x[y]',
  'a.b',
  '%',
  '',
  'token%0',
  'number',
]) {
  test(`${JSON.stringify(name)} is no named secret to anybody`, () => {
    assert.equal(NAMES.has(name), false);
  });
}

test('no server finds a secret under a name of the list that was not noticed', () => {
  const listed = ['token', 'access_token', 'sid', 'a_b_'];
  const pieces = [
    ...listed,
    ...[
      'access',
      'user',
      'x',
      '_',
      '.',
      '[',
      ']',
      '[]',
      '%00',
      '%2e',
      '%5b',
      '%5D',
      '%20',
      '+',
      ' ',
      '%2520',
      '%',
      '-',
    ],
  ];
  let found = 0;
  for (let round = 0; round < 40_000; round++) {
    const name = Array.from(
      { length: 1 + Math.floor(Math.random() * 5) },
      () => pieces[Math.floor(Math.random() * pieces.length)],
    ).join('');
    for (const [server, read] of Object.entries(READINGS)) {
      const keys = read(name);
      // Each in a list of its own, so that none is hidden for the sake of another.
      for (const secret of listed.filter((one) => keys.includes(one))) {
        found++;
        assert.ok(
          new SecretNames([secret]).has(name),
          `${server} finds ${secret} in ${JSON.stringify(name)}`,
        );
      }
    }
  }
  assert.ok(found > 1_000);
});

test('a long name of hostile bytes is read in one pass', () => {
  assert.equal(new SecretNames(['token']).has(`${'[.'.repeat(50_000)}token`), true);
});
