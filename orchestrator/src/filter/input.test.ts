import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GraphQLError } from 'graphql';
import { readFilter, type FilterInput } from './input.ts';

test('a filter keeps what is given, and nulls ask for nothing', () => {
  const since = new Date('2026-01-31T10:00:00.000Z');

  const filter = readFilter({
    methods: ['GET', ''],
    status: { min: 0, max: null },
    host: 'Cart:80',
    pathPrefix: null,
    urlContains: 'abc',
    workloads: [],
    since,
    until: undefined,
    durationMs: { min: null },
    states: ['OPEN'],
  });

  assert.deepEqual(filter, {
    methods: ['GET', ''],
    status: { min: 0 },
    host: 'Cart:80',
    urlContains: 'abc',
    workloads: [],
    since: since.getTime(),
    states: ['OPEN'],
  });
});

test('no filter and an empty one ask for nothing', () => {
  assert.deepEqual(readFilter(undefined), {});
  assert.deepEqual(readFilter(null), {});
  assert.deepEqual(readFilter({}), {});
});

test('the outermost allowed values pass', () => {
  const allowed: FilterInput = {
    methods: Array.from({ length: 100 }, () => 'x'.repeat(1_000)),
    status: { min: 0, max: 999 },
    host: 'h'.repeat(255),
    pathPrefix: '/'.repeat(1_000),
    urlContains: 'u'.repeat(1_000),
    since: new Date(0),
    until: new Date('9999-12-31T23:59:59.999Z'),
    durationMs: { min: 0, max: 1e12 },
  };

  assert.equal(readFilter(allowed).methods?.length, 100);
});

const day = (n: number): Date => new Date(Date.UTC(2026, 0, n));

const REFUSED: readonly (readonly [FilterInput, string, string])[] = [
  [{ status: { min: -1 } }, 'filter.status.min', '0 to 999'],
  [{ status: { max: 1000 } }, 'filter.status.max', '0 to 999'],
  [{ status: { min: 500, max: 499 } }, 'filter.status', 'min no greater than max'],
  [{ durationMs: { min: -0.5 } }, 'filter.durationMs.min', '0 to 1000000000000'],
  [{ durationMs: { max: 1e300 } }, 'filter.durationMs.max', '0 to 1000000000000'],
  [{ durationMs: { min: 2, max: 1.5 } }, 'filter.durationMs', 'min no greater than max'],
  [{ since: day(2), until: day(1) }, 'filter.until', 'a moment after filter.since'],
  [{ since: day(2), until: day(2) }, 'filter.until', 'a moment after filter.since'],
  [{ since: new Date(-1) }, 'filter.since', '1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z'],
  [
    { until: new Date(Date.UTC(10_000, 0, 1)) },
    'filter.until',
    '1970-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z',
  ],
  [{ urlContains: 'ab' }, 'filter.urlContains', '3 to 1000 characters of well-formed text without NUL'],
  [
    { urlContains: 'u'.repeat(1_001) },
    'filter.urlContains',
    '3 to 1000 characters of well-formed text without NUL',
  ],
  [{ pathPrefix: '' }, 'filter.pathPrefix', '1 to 1000 characters of well-formed text without NUL'],
  [{ host: 'h'.repeat(256) }, 'filter.host', '1 to 255 characters of well-formed text without NUL'],
  [{ host: '' }, 'filter.host', '1 to 255 characters of well-formed text without NUL'],
  [{ clusters: ['a', 'b\0c'] }, 'filter.clusters[1]', '0 to 1000 characters of well-formed text without NUL'],
  [{ workloads: ['\ud800'] }, 'filter.workloads[0]', '0 to 1000 characters of well-formed text without NUL'],
  [{ methods: Array.from({ length: 101 }, () => 'GET') }, 'filter.methods', 'at most 100 entries'],
  [{ states: Array.from({ length: 101 }, () => 'OPEN' as const) }, 'filter.states', 'at most 100 entries'],
];

test('each value that can not be used is refused with its path and what is allowed', () => {
  for (const [input, argument, allowed] of REFUSED)
    assert.throws(
      () => readFilter(input),
      (error: unknown) => {
        assert.ok(error instanceof GraphQLError);
        assert.deepEqual(error.extensions, { code: 'BAD_USER_INPUT', argument, allowed });
        return true;
      },
    );
});
