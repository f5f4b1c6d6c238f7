import { deepEqual, equal, throws } from 'node:assert/strict';
import { test } from 'node:test';
import { parseCount } from './count.ts';
import { parseDuration, showDuration } from './duration.ts';
import { showNumber, showSize } from './size.ts';
import { parseStatus } from './status.ts';
import { instantOf, parseMoment, showInstant, showTime } from './time.ts';

const NOW = Date.parse('2026-11-21T15:00:00Z');

test('ranges of statuses are read in every form, and wrong ones are refused with examples', () => {
  deepEqual(['404', '5xx', '500-599', '400-', '-399'].map(parseStatus), [
    { min: 404, max: 404 },
    { min: 500, max: 599 },
    { min: 500, max: 599 },
    { min: 400 },
    { max: 399 },
  ]);
  for (const text of ['', '-', 'ok', '5x', '1000', '500--599'])
    throws(() => parseStatus(text), /must be like 404, 5xx, 500-599, 400- or -399/);
  throws(() => parseStatus('4xx,5xx'), /takes one range, such as 400-599 for 4xx and 5xx together/);
  throws(() => parseStatus('599-500'), /did you mean 500-599/);
});

test('moments are so long ago, or instants with their offset', () => {
  equal(instantOf(parseMoment('15m'), NOW), '2026-11-21T14:45:00.000Z');
  equal(instantOf(parseMoment('1.5h'), NOW), '2026-11-21T13:30:00.000Z');
  equal(instantOf(parseMoment('now'), NOW), '2026-11-21T15:00:00.000Z');
  equal(instantOf(parseMoment('2026-11-21T16:00:00.5+02:00'), NOW), '2026-11-21T14:00:00.500Z');
  equal(instantOf(parseMoment('999999999999d'), NOW), '1970-01-01T00:00:00.000Z');
  for (const text of ['', 'yesterday', '2026-11-21', '2026-11-21T14:00:00', '2026-02-30T00:00:00Z', '-5m'])
    throws(() => parseMoment(text), /must be how long ago, such as 15m or 2h/);
  throws(() => parseMoment('15minutes'), /must be a duration such as/);
});

test('a time of today has no date, however long today is, and an instant shows its offset', (t) => {
  const zone = process.env['TZ'];
  t.after(() => {
    if (zone === undefined) delete process.env['TZ'];
    else process.env['TZ'] = zone;
  });
  process.env['TZ'] = 'Europe/Berlin';
  const [first, last] = [Date.parse('2026-10-24T22:05:00Z'), Date.parse('2026-10-25T22:55:00Z')];

  equal(showTime(first, last), '00:05:00.000');
  equal(showTime(first - 600_000, last), '2026-10-24 23:55:00');
  equal(
    showTime(Date.parse('2027-03-28T21:59:00Z'), Date.parse('2027-03-28T22:01:00Z')),
    '2027-03-28 23:59:00',
  );
  equal(showInstant(Date.parse('2026-10-25T00:30:00Z')), '2026-10-25 02:30:00.000 +02:00');
  equal(showInstant(Date.parse('2026-10-25T01:30:00Z')), '2026-10-25 02:30:00.000 +01:00');
});

test('durations need a unit, and are shown in a few digits', () => {
  deepEqual(
    ['200ms', '1.5s', '15m', '2h', '3d'].map(parseDuration),
    [200, 1_500, 900_000, 7_200_000, 259_200_000],
  );
  for (const text of ['', '200', 'ms', '1h30m', '-1s'])
    throws(() => parseDuration(text), /must be a duration such as/);
  deepEqual(
    [0, 0.4213, 9.999, 12.345, 99.96, 999.6, 1_234, 12_345, 59_960, 125_000, 3_600_000, 12_000_000].map(
      showDuration,
    ),
    [
      '0.00 ms',
      '0.42 ms',
      '10.0 ms',
      '12.3 ms',
      '100 ms',
      '1.00 s',
      '1.23 s',
      '12.3 s',
      '1 min',
      '2 min 5 s',
      '1 h',
      '3 h 20 min',
    ],
  );
});

test('counts begin at one and may be all', () => {
  deepEqual(['1', '500', 'all'].map(parseCount), [1, 500, Number.POSITIVE_INFINITY]);
  for (const text of ['0', '-1', '1.5', 'ten', ''])
    throws(() => parseCount(text), /whole number from 1 on, or all/);
});

test('sizes and numbers are shown so that they can be read', () => {
  deepEqual([0, 1_023, 1_024, 10_189, 23 * 1_048_576, 2 ** 40].map(showSize), [
    '0 B',
    '1023 B',
    '1.0 KiB',
    '10 KiB',
    '23 MiB',
    '1.0 TiB',
  ]);
  deepEqual([0, 999, 1_000, 1_234_567, '9007199254740993'].map(showNumber), [
    '0',
    '999',
    '1,000',
    '1,234,567',
    '9,007,199,254,740,993',
  ]);
});
