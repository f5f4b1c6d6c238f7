import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { testFiles } from '../source-files.ts';
import { DATED, environmentAt, OTHER_DAY, placeOf, type Place } from './other-day.ts';

interface Seen {
  readonly now: number;
  readonly made: number;
  readonly origin: number;
  readonly fixed: string;
  readonly isDate: boolean;
  readonly hour: number;
  readonly child: string;
}

/** What a Node process sees of time, and what a process that it starts sees. */
function lookAt(place: Place): Seen {
  const program = `
    const child = require('node:child_process').execFileSync(process.execPath, ['-p', 'new Date().toISOString()']);
    console.log(JSON.stringify({
      now: Date.now(), made: new Date().getTime(), origin: performance.timeOrigin + performance.now(),
      fixed: new Date(0).toISOString(), isDate: new Date() instanceof Date && new Date().constructor === Date,
      hour: new Date('2027-07-01T12:00:00Z').getHours(), child: String(child).trim() }));`;
  const env = environmentAt(place, process.env);
  return JSON.parse(execFileSync(process.execPath, ['-e', program], { env, encoding: 'utf8' })) as Seen;
}

test('a process and those that it starts see the other day by every clock that tells one', () => {
  const at = Date.parse('2027-12-31T23:59:10Z');

  const seen = lookAt({ at: () => at, zone: 'America/New_York' });

  for (const time of [seen.now, seen.made, seen.origin, Date.parse(seen.child)])
    assert.ok(time >= at && time < at + 60_000, new Date(time).toISOString());
  assert.equal(seen.fixed, '1970-01-01T00:00:00.000Z');
  assert.equal(seen.isDate, true);
  assert.equal(seen.hour, 8);
});

test('the other day is in more than a year, whenever that is', () => {
  const ahead = OTHER_DAY.at(0);

  assert.ok(ahead > 366 * 86_400_000);
});

test('TEST_CLOCK is an instant, and anything else is refused', () => {
  assert.equal(placeOf({}), undefined);
  assert.equal(placeOf({ TEST_CLOCK: '' }), undefined);
  const place = placeOf({ TEST_CLOCK: '2028-02-29T23:59:50Z', TZ: 'Europe/Berlin' });
  assert.deepEqual([place?.at(0), place?.zone], [Date.UTC(2028, 1, 29, 23, 59, 50), 'Europe/Berlin']);
  for (const text of ['tomorrow', '2027-02-29T00:00:00Z'])
    assert.throws(
      () => placeOf({ TEST_CLOCK: text }),
      /TEST_CLOCK must be an instant such as 2027-12-31T23:59:50Z/,
    );
});

test('every test that runs on another day too is there', () => {
  const all = testFiles();

  assert.deepEqual(
    DATED.filter((file) => !all.includes(file)),
    [],
  );
});
