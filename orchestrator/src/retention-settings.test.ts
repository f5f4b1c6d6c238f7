import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ConfigurationError } from '@culvert/runtime/config';
import { readConfig } from './config.ts';

function problems(environment: Readonly<Record<string, string>>): readonly string[] {
  try {
    readConfig(environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

test('three days and 20 GiB are kept unless a deployment says otherwise', () => {
  const config = readConfig({});

  assert.deepEqual([config.retentionMs, config.retentionBytes], [72 * 3_600_000, 20 * 1024 ** 3]);
});

test('nobody can keep less than what may come late', () => {
  const [problem, ...others] = problems({ CULVERT_RETENTION_MS: '86400000' });

  assert.match(problem ?? '', /^CULVERT_RETENTION_MS \(86400000\) is less than CULVERT_ACCEPTED_PAST_MS/);
  assert.deepEqual(others, []);
  assert.deepEqual(problems({ CULVERT_RETENTION_MS: '86400000', CULVERT_ACCEPTED_PAST_MS: '86400000' }), []);
  assert.deepEqual(problems({ CULVERT_ACCEPTED_PAST_MS: '259200001' }).length, 1);
});

test('limits that would keep nothing are refused, each by its name', () => {
  const found = problems({
    CULVERT_RETENTION_MS: '3599999',
    CULVERT_RETENTION_BYTES: '0',
    CULVERT_RETENTION_PERIOD_MS: '99',
    CULVERT_DEAD_LETTER_AGE_MS: '1',
  });

  assert.deepEqual(found.map((problem) => problem.split(' ')[0]).sort(), [
    'CULVERT_DEAD_LETTER_AGE_MS',
    'CULVERT_RETENTION_BYTES',
    'CULVERT_RETENTION_MS',
    'CULVERT_RETENTION_PERIOD_MS',
  ]);
});
