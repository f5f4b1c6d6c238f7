import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseBigInt, parseDateTime, serializeBigInt, serializeDateTime } from './scalars.ts';

test('a BigInt is a number as long as that is exact, else its digits', () => {
  assert.equal(serializeBigInt('9007199254740991'), 9_007_199_254_740_991);
  assert.equal(serializeBigInt('9007199254740992'), '9007199254740992');
  assert.equal(serializeBigInt(-9_007_199_254_740_993n), '-9007199254740993');
  assert.equal(parseBigInt('9007199254740993'), 9_007_199_254_740_993n);
});

test('what is no whole number is no BigInt', () => {
  for (const value of [1.5, '1.5', '', 'x', null, {}])
    assert.throws(() => parseBigInt(value), /whole number/);
});

test('a DateTime is RFC 3339 with milliseconds in UTC', () => {
  assert.equal(serializeDateTime(new Date(0)), '1970-01-01T00:00:00.000Z');
  assert.equal(parseDateTime('2026-01-31T12:00:00+02:00').toISOString(), '2026-01-31T10:00:00.000Z');
  const wrong = ['2026-01-31', '2026-13-31T12:00:00Z', '2026-02-29T12:00:00Z', '2026-01-31T24:00:00Z'];
  for (const value of [...wrong, '2026-01-31T12:00:00', 5])
    assert.throws(() => parseDateTime(value), /RFC 3339/);
  assert.equal(parseDateTime('2028-02-29 12:00:00Z').toISOString(), '2028-02-29T12:00:00.000Z');
});
