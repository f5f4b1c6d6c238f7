import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLError } from 'graphql';
import { DEFAULT_ROLLUP_LIMITS } from '../rollups/limits.ts';
import { planStatsRange, type StatsBucket, type Step } from './stats-range.ts';

const NOW = Date.parse('2026-02-10T12:34:56.789Z');
const at = (text: string): number => Date.parse(`2026-02-${text}Z`);
const piece = (step: Step, from: string, to: string) => ({ step, from: at(from), to: at(to) });
const span = (from: string, to: string) => ({ from: at(from), to: at(to) });

function plan(since: string, until?: string, bucket?: StatsBucket) {
  const given = { since: at(since), until: until === undefined ? undefined : at(until), bucket };
  return planStatsRange(given, DEFAULT_ROLLUP_LIMITS, NOW);
}

test('a short span is widened to whole minutes, and its whole hours come from hours', () => {
  const range = plan('10T08:30:30', '10T11:10:01');

  assert.deepEqual(range, {
    all: span('10T08:30:00', '10T11:11:00'),
    bucketMs: undefined,
    pieces: [
      piece('minute', '10T08:30:00', '10T09:00:00'),
      piece('hour', '10T09:00:00', '10T11:00:00'),
      piece('minute', '10T11:00:00', '10T11:11:00'),
    ],
  });
});

test('a span within an hour comes from minutes, and one of whole hours from hours', () => {
  assert.deepEqual(plan('10T08:10:00', '10T08:20:00').pieces, [
    piece('minute', '10T08:10:00', '10T08:20:00'),
  ]);
  assert.deepEqual(plan('10T08:00:00', '10T10:00:00').pieces, [piece('hour', '10T08:00:00', '10T10:00:00')]);
});

test('a span of more than six hours, an older one and buckets of hours are widened to whole hours', () => {
  for (const [range, all] of [
    [plan('10T05:30:00', '10T11:40:00'), span('10T05:00:00', '10T12:00:00')],
    [plan('10T05:30:00', '10T05:40:00', 'DAY'), span('10T05:00:00', '10T06:00:00')],
    [plan('10T05:50:00', '10T11:40:00', 'HOUR'), span('10T05:00:00', '10T12:00:00')],
    [plan('05T10:10:00', '05T10:20:00'), span('05T10:00:00', '05T11:00:00')],
  ] as const)
    assert.deepEqual(range.all, all);
});

test('a long span takes six hours at once where they fit, unless its buckets are shorter', () => {
  const day = [
    piece('hour', '09T10:00:00', '09T12:00:00'),
    piece('six_hours', '09T12:00:00', '10T06:00:00'),
    piece('hour', '10T06:00:00', '10T10:00:00'),
  ];

  assert.deepEqual(plan('09T10:20:00', '10T09:10:00').pieces, day);
  assert.deepEqual(plan('09T10:20:00', '10T09:10:00', 'DAY').pieces, day);
  assert.deepEqual(plan('09T10:20:00', '10T09:10:00', 'HOUR').pieces, [
    piece('hour', '09T10:00:00', '10T10:00:00'),
  ]);
  assert.deepEqual(plan('09T13:20:00', '10T09:10:00', 'FIVE_MINUTES').pieces, [
    piece('minute', '09T13:20:00', '10T09:10:00'),
  ]);
});

test('without an end it goes on to this minute or hour', () => {
  assert.equal(plan('10T12:30:00').all.to, at('10T12:35:00'));
  assert.equal(plan('09T12:30:00').all.to, at('10T13:00:00'));
});

test('what can not be answered is refused with the argument and what is allowed', () => {
  const cases: [string, string | undefined, StatsBucket | undefined, string, RegExp][] = [
    ['10T10:00:00', '10T10:00:00', undefined, 'since', /before 2026-02-10T10:00:00.000Z/],
    ['11T10:00:00', undefined, undefined, 'since', /before 2026-02-10T12:34:56.789Z/],
    ['03T10:00:00', undefined, undefined, 'since', /from 2026-02-03T12:34:56.789Z on/],
    ['08T10:00:00', '10T10:00:00', 'MINUTE', 'bucket', /HOUR, DAY or none, or since from 2026-02-09/],
    ['10T10:00:00', '12T10:00:00', 'MINUTE', 'bucket', /at most 2000 buckets/],
  ];
  for (const [since, until, bucket, argument, allowed] of cases)
    assert.throws(
      () => plan(since, until, bucket),
      (error: unknown) => {
        assert.ok(error instanceof GraphQLError);
        assert.equal(error.extensions['code'], 'BAD_USER_INPUT');
        assert.equal(error.extensions['argument'], argument);
        assert.match(String(error.extensions['allowed']), allowed);
        return true;
      },
    );
});
