import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { parseCookieDate } from './cookie-date.ts';
import { requestCookies, responseCookies } from './cookies.ts';

// Where local time is not UTC.
process.env['TZ'] = 'America/New_York';

const AT = Date.parse('2026-11-21T15:00:00.250Z');

for (const [text, expected] of [
  ['Sat, 21 Nov 2026 15:00:00 GMT', '2026-11-21T15:00:00.000Z'],
  ['Saturday, 21-Nov-26 15:00:00 GMT', '2026-11-21T15:00:00.000Z'],
  ['Sat Nov 21 15:00:00 2026', '2026-11-21T15:00:00.000Z'],
  // No zone counts: it is UTC, wherever this runs.
  ['Wed, 21 Oct 2026 07:28:00', '2026-10-21T07:28:00.000Z'],
  ['Wed, 21 Oct 2026 07:28:00 -0700', '2026-10-21T07:28:00.000Z'],
  ['2026 oct 21 7:8:9', '2026-10-21T07:08:09.000Z'],
  ['21/OCTOBER/2026;07:28:00', '2026-10-21T07:28:00.000Z'],
  ['07:28:00 21 Oct 1970', '1970-10-21T07:28:00.000Z'],
  ['1 Jan 69 0:0:0', '2069-01-01T00:00:00.000Z'],
  ['1 Jan 70 0:0:0', '1970-01-01T00:00:00.000Z'],
  ['1 Jan 1601 00:00:00', '1601-01-01T00:00:00.000Z'],
  ['29 Feb 2028 00:00:00', '2028-02-29T00:00:00.000Z'],
  ['1 Jan 2026 00:00:00.123', '2026-01-01T00:00:00.000Z'],
  ['31 Dec 9999 23:59:59', '9999-12-31T23:59:59.000Z'],
  ['0', undefined],
  ['-1', undefined],
  ['', undefined],
  ['nonsense', undefined],
  ['Fri, 31 Dec 99999 23:59:59 GMT', undefined],
  ['31 Dec 999 23:59:59', undefined],
  ['31 Dec 1600 23:59:59', undefined],
  ['29 Feb 2027 00:00:00', undefined],
  ['31 Apr 2026 00:00:00', undefined],
  ['0 Apr 2026 00:00:00', undefined],
  ['32 Apr 2026 00:00:00', undefined],
  ['1 Apr 2026 24:00:00', undefined],
  ['1 Apr 2026 00:60:00', undefined],
  ['1 Apr 2026 00:00:60', undefined],
  ['1 Apr 2026 00:00', undefined],
  ['1 Apr 2026 000:00:00', undefined],
  ['2026-11-21T15:00:00Z', undefined],
  ['1 \u0430pr 2026 00:00:00', undefined],
] as const) {
  test(`the date ${JSON.stringify(text)} of a cookie is ${expected ?? 'none'}`, () => {
    const at = parseCookieDate(text);

    equal(at === undefined ? undefined : new Date(at).toISOString(), expected);
  });
}

const EXPIRES = 'Expires=Sat, 21 Nov 2026 15:00:00 GMT';

for (const [attributes, expected] of [
  [EXPIRES, '2026-11-21T15:00:00.000Z'],
  ['Max-Age=60', '2026-11-21T15:01:00.250Z'],
  [`Max-Age=60; ${EXPIRES}`, '2026-11-21T15:01:00.250Z'],
  [`${EXPIRES}; max-age = 60`, '2026-11-21T15:01:00.250Z'],
  [`Max-Age=60; Max-Age=120`, '2026-11-21T15:02:00.250Z'],
  [`Max-Age=60; Max-Age=soon`, '2026-11-21T15:01:00.250Z'],
  [`${EXPIRES}; Max-Age=1.5`, '2026-11-21T15:00:00.000Z'],
  [`${EXPIRES}; Max-Age=+60`, '2026-11-21T15:00:00.000Z'],
  [`${EXPIRES}; Max-Age`, '2026-11-21T15:00:00.000Z'],
  [`${EXPIRES}; Max-Age="60"`, '2026-11-21T15:00:00.000Z'],
  [`${EXPIRES}; Expires=0`, '2026-11-21T15:00:00.000Z'],
  ['Max-Age=0', '1970-01-01T00:00:00.000Z'],
  ['Max-Age=-1', '1970-01-01T00:00:00.000Z'],
  [`Max-Age=${'9'.repeat(15)}`, '9999-12-31T23:59:59.999Z'],
  [`Max-Age=${'9'.repeat(400)}`, '9999-12-31T23:59:59.999Z'],
  ['Max-Age=-', undefined],
  ['Expires=0', undefined],
  ['Expires', undefined],
] as const) {
  test(`a cookie with ${attributes.slice(0, 60)} ends at ${expected ?? 'no time that is told'}`, () => {
    const [cookie] = responseCookies([['Set-Cookie', `a=1; ${attributes}`]], AT);

    equal(cookie?.expires, expected);
  });
}

test('what user agents ignore is no cookie, and attributes that they ignore are none', () => {
  const cookies = responseCookies(
    [
      ['Set-Cookie', 'novalue'],
      ['Set-Cookie', 'novalue; Path=/; a=b'],
      ['Set-Cookie', '=nameless'],
      ['Set-Cookie', ''],
      ['set-cookie', ' a = b = c ;PATH = /x;Domain=.Shop.Example;Secure=no;HttpOnly;SameSite=Lax;=;'],
      ['Set-Cookie', 'b="1,2"; Path=/x; Path=relative; Domain=; Domain=.'],
      ['Set-Cookie', 'c=\u00a0d\u00a0'],
    ],
    AT,
  );

  deepEqual(JSON.parse(JSON.stringify(cookies)), [
    { name: 'a', value: 'b = c', path: '/x', domain: 'shop.example', secure: true, httpOnly: true },
    { name: 'b', value: '"1,2"' },
    { name: 'c', value: '\u00a0d\u00a0' },
  ]);
});

test('a request brings the cookies of all its lines, also one without a name', () => {
  const cookies = requestCookies([
    ['Cookie', 'a=1;b = x=y ;; nameless; =empty'],
    ['X', 'c=3'],
    ['cookie', 'd='],
  ]);

  deepEqual(cookies, [
    { name: 'a', value: '1' },
    { name: 'b', value: 'x=y' },
    { name: '', value: 'nameless' },
    { name: '', value: 'empty' },
    { name: 'd', value: '' },
  ]);
});

test('cookies are read as UTF-8 exactly where their field is', () => {
  const utf8 = 'caf\u00c3\u00a9';

  deepEqual(requestCookies([['Cookie', `a=${utf8}`]]), [{ name: 'a', value: 'café' }]);
  deepEqual(responseCookies([['Set-Cookie', `a=${utf8}`]], AT), [{ name: 'a', value: 'café' }]);
  deepEqual(requestCookies([['Cookie', `a=${utf8}; b=\u00e9`]]), [
    { name: 'a', value: utf8 },
    { name: 'b', value: '\u00e9' },
  ]);
});
