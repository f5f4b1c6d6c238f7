import assert from 'node:assert/strict';
import { test } from 'node:test';
import { choice, ConfigurationError, flag, integer, port, readSettings, secret, text } from './config.ts';

const settings = {
  name: text('NAME', undefined, 'Who.'),
  level: choice('LEVEL', 'info', ['info', 'debug'], 'How much.'),
  count: integer('COUNT', 3, 'How many.', { min: 1, max: 5, unit: 'things' }),
  listen: port('PORT', 80, 'Where.'),
  loud: flag('LOUD', false, 'Whether.'),
};

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readSettings(settings, environment);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

test('values are typed, and what is unset or empty has its default', () => {
  const values = readSettings(settings, { NAME: 'n', COUNT: '5', LOUD: 'yes', LEVEL: '' });
  assert.deepEqual(values, { name: 'n', level: 'info', count: 5, listen: 80, loud: true });
});

test('every mistake is listed at once, each with its variable and what would be right', () => {
  const problems = problemsOf({ LEVEL: 'loud', COUNT: '6', PORT: '65536', LOUD: 'maybe' });
  assert.deepEqual(problems, [
    'NAME is required: Who.',
    'LEVEL must be one of info, debug, not "loud"',
    'COUNT must be a whole number of things from 1 to 5, not "6"',
    'PORT must be a port from 0 to 65535, not "65536"',
    'LOUD must be 1 or 0, not "maybe"',
  ]);
});

for (const wrong of ['1.5', '1e1', 'five', ' ', '0x1', '-1']) {
  test(`the whole number ${JSON.stringify(wrong)} is refused`, () => {
    assert.equal(problemsOf({ NAME: 'n', COUNT: wrong }).length, 1);
  });
}

test('values that contradict one another are listed beside those that are wrong by themselves', () => {
  const check = ({ name, listen }: { name?: string; listen?: number }): string[] => [
    `NAME ${name} and PORT ${listen} do not go together`,
  ];
  assert.throws(
    () => readSettings(settings, { NAME: 'n', PORT: 'x' }, check),
    /2 mistakes:\n {2}- PORT must .*\n {2}- NAME n and PORT undefined do not go together$/,
  );
});

test('a secret is marked so that nobody prints it', () => {
  assert.equal(secret('TOKEN', '', 'Secret.').secret, true);
});
