import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from './instant.ts';

test('instants are read by their offset, with any of the separators that RFC 3339 allows', () => {
  const instant = Date.UTC(2028, 1, 29, 23, 30);
  for (const text of [
    '2028-02-29T23:30:00Z',
    '2028-02-29t23:30:00.000z',
    '2028-03-01 00:30:00+01:00',
    '2028-02-29T18:30:00-05:00',
  ])
    assert.equal(parseInstant(text), instant, text);
});

test('days, hours and offsets that do not exist are no instants, nor are local times', () => {
  for (const text of [
    '2027-02-29T00:00:00Z',
    '2026-02-30T00:00:00Z',
    '2026-04-31T00:00:00+02:00',
    '2026-11-21T24:00:00Z',
    '2026-12-31T23:59:60Z',
    '2026-11-21T14:00:00',
    '2026-11-21',
    'yesterday',
    '',
  ])
    assert.ok(Number.isNaN(parseInstant(text)), text);
});
