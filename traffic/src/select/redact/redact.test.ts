import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REDACTED_HEADERS } from '../rules.ts';
import { fieldsOf, linesOf, requestOf } from '../testing/head.ts';
import { compileRedaction } from './compile.ts';
import { redactFields, redactRequest } from './redact.ts';

const NOTHING = { headers: [], cookies: [], queryParameters: [], pathParameters: [] };

/** Shows in brackets what was replaced, so that tests see both the place and the extent. */
const bracket = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  Buffer.from(`[${Buffer.from(bytes).toString('latin1', start, end)}]`, 'latin1');

function compiled(more: Partial<Record<keyof typeof NOTHING, readonly string[]>>) {
  const redaction = compileRedaction({ ...NOTHING, ...more });
  assert.ok(redaction);
  return redaction;
}

function lines(more: Parameters<typeof compiled>[0], ...fields: string[]): string[] {
  const message = fieldsOf(...fields);
  return linesOf(redactFields(message, compiled(more), bracket) ?? message);
}

function target(more: Parameters<typeof compiled>[0], text: string, method = 'GET'): string {
  const request = requestOf(`${method} ${text}`, 'Host: h');
  const { bytes, targetStart, targetEnd } = redactRequest(request, compiled(more), bracket) ?? request;
  return Buffer.from(bytes).toString('latin1', targetStart, targetEnd);
}

test('whole values of named fields are replaced, whatever their case and however often they stand', () => {
  assert.deepEqual(
    lines(
      { headers: REDACTED_HEADERS },
      'AUTHORIZATION: Bearer a b',
      'Accept: */*',
      'authorization: second',
      'X-Api-Key: k\xe4y\x80',
      'X-Api-Keys: kept',
      'Cookie:',
    ),
    [
      'AUTHORIZATION: [Bearer a b]',
      'Accept: */*',
      'authorization: [second]',
      'X-Api-Key: [k\xe4y\x80]',
      'X-Api-Keys: kept',
      'Cookie: ',
    ],
  );
});

test('nothing is copied when there is nothing to replace', () => {
  const request = requestOf('GET /a?b=c', 'Host: h', 'Referer: http://h/a?b=c', 'Cookie: a=b');
  assert.equal(
    redactRequest(request, compiled({ headers: ['x'], cookies: ['c'], queryParameters: ['d'] }), bracket),
    undefined,
  );
  assert.equal(redactFields(request, compiled({ cookies: ['c'] }), bracket), undefined);
});

test('a redaction that names nothing is none', () => {
  assert.equal(compileRedaction(NOTHING), null);
});

test('fields behind a replaced one stand where the copy has them', () => {
  const request = requestOf('GET /?t=1', 'A: 1', 'Host: example.test', 'T: 2', 'Z: 3');
  const redacted = redactRequest(request, compiled({ headers: ['t'], queryParameters: ['t'] }), () =>
    Buffer.from('-----'),
  );
  assert.ok(redacted);
  assert.deepEqual(linesOf(redacted), ['A: 1', 'Host: example.test', 'T: -----', 'Z: 3']);
  assert.equal(
    Buffer.from(redacted.bytes).toString(),
    'GET /?t=----- HTTP/1.1\r\nA: 1\r\nHost: example.test\r\nT: -----\r\nZ: 3\r\n\r\n',
  );
});

test('a placeholder may be shorter than the secret', () => {
  const message = fieldsOf('A: 1234567890', 'B: x', 'A: 1', 'C: y');
  const redacted = redactFields(message, compiled({ headers: ['a'] }), () => Buffer.from('#'));
  assert.deepEqual(linesOf(redacted ?? message), ['A: #', 'B: x', 'A: #', 'C: y']);
});

test('named query parameters are replaced in any order and every time', () => {
  const names = { queryParameters: ['token', 'sig'] };
  assert.equal(
    target(names, '/p?a=1&token=s1&b=2&sig=s2&token=s3'),
    '/p?a=1&token=[s1]&b=2&sig=[s2]&token=[s3]',
  );
  assert.equal(target(names, '/p?token=s'), '/p?token=[s]');
  assert.equal(target(names, '/p?token=a=b==&c'), '/p?token=[a=b==]&c');
  assert.equal(target(names, '/p?token=&token&x=token=1'), '/p?token=&token&x=token=1');
  assert.equal(target(names, '/token=1/p?Token=1&tokens=1&xtoken=1'), '/token=1/p?Token=1&tokens=1&xtoken=1');
});

test('the name of a query parameter may be percent-encoded, wholly or in part', () => {
  const names = { queryParameters: ['token', 'a b', 'schlüssel'] };
  assert.equal(target(names, '/?%74oken=s&t%6Fke%6e=t'), '/?%74oken=[s]&t%6Fke%6e=[t]');
  assert.equal(target(names, '/?a+b=s&a%20b=t&+token=u'), '/?a+b=[s]&a%20b=[t]&+token=[u]');
  assert.equal(target(names, '/?schl%C3%BCssel=s'), '/?schl%C3%BCssel=[s]');
  assert.equal(target(names, '/?schl\xc3\xbcssel=s'), '/?schl\xc3\xbcssel=[s]');
  assert.equal(target(names, '/?%zz=1&%7=2&tok%=3&token=s'), '/?%zz=1&%7=2&tok%=3&token=[s]');
});

test('whether or not a server separates parameters at semicolons, nothing of a secret is left', () => {
  const names = { queryParameters: ['token'] };
  assert.equal(target(names, '/?a=1;token=s;t&b=2'), '/?a=1;token=[s;t]&b=2');
  assert.equal(target(names, '/?token=s;b=2'), '/?token=[s;b=2]');
});

test('fragments and further question marks hide no parameter', () => {
  const names = { queryParameters: ['access_token'] };
  assert.deepEqual(lines(names, 'Location: https://a.test/cb#access_token=s&type=bearer'), [
    'Location: https://a.test/cb#access_token=[s]&type=bearer',
  ]);
  assert.equal(target(names, '/?a=b?access_token=s#x'), '/?a=b?access_token=[s#x]');
});

test('fields that hold URLs are treated like the URL', () => {
  const names = { queryParameters: ['token'] };
  assert.deepEqual(
    lines(
      names,
      'Referer: https://a.test/?token=s&x=1',
      'location: /next?token=s',
      'Content-Location: ?token=s',
      'X-Original-URI: /?token=s',
      'X-Other: /?token=s',
    ),
    [
      'Referer: https://a.test/?token=[s]&x=1',
      'location: /next?token=[s]',
      'Content-Location: ?token=[s]',
      'X-Original-URI: /?token=[s]',
      'X-Other: /?token=s',
    ],
  );
});

test('user information in URLs is replaced whenever anything is', () => {
  const some = { headers: ['x'] };
  assert.equal(target(some, 'http://user:pass@h/p@q?a@b'), 'http://[user:pass]@h/p@q?a@b');
  assert.equal(target(some, '//user:pass@h/'), '//user:pass@h/', 'a path, not an authority');
  assert.deepEqual(
    lines(
      some,
      'Host: user@h:80',
      'Location: https://u:p@a.test/x',
      'Referer: //u:p@x@a.test?b@c',
      'Location: https:\\\\u:p@a.test',
      'Location: /a@b',
      'Location: a@b',
      'Location: https://a.test/@me',
    ),
    [
      'Host: [user]@h:80',
      'Location: https://[u:p]@a.test/x',
      'Referer: //[u:p@x]@a.test?b@c',
      'Location: https:\\\\[u:p]@a.test',
      'Location: /a@b',
      'Location: a@b',
      'Location: https://a.test/@me',
    ],
  );
});

test('a backslash hides no user information, whoever takes it for a slash', () => {
  const some = { headers: ['x'] };
  assert.equal(target(some, 'http://u:p\\x@h/'), 'http://[u:p\\x]@h/');
  assert.deepEqual(lines(some, 'Referer: https://u:p\\x@h/a@b', 'Referer: https:\\\\u:p@h\\x'), [
    'Referer: https://[u:p\\x]@h/a@b',
    'Referer: https:\\\\[u:p]@h\\x',
  ]);
});

test('user information is replaced in URLs that stand within a field, too', () => {
  const some = { queryParameters: ['token'] };
  assert.equal(
    target(some, '/a//b@c?to=https://u:p@h/&token=//x@y'),
    '/a//b@c?to=https://[u:p]@h/&token=[//x@y]',
  );
  assert.deepEqual(
    lines(
      some,
      'Refresh: 5; url=https://u:p@a.test/?token=s',
      'Refresh: 0;URL="//u:p@a.test/"',
      'Link: <https://u:p@a.test/1>; rel=next, <https://v:q@a.test/2>; rel=a@b',
      'Link: </1?token=s>, <https://u:p@a.test/2?token=t&x>',
      'Referer: https://a.test/?next=https://u:p@b.test/?token=s&x=//v:q@c',
      'Location: https://u:p@a.test/?token=https://v:q@b.test/',
      'X-Envoy-Original-Path: /?token=s',
    ),
    [
      'Refresh: 5; url=https://[u:p]@a.test/?token=[s]',
      'Refresh: 0;URL="//[u:p]@a.test/"',
      'Link: <https://[u:p]@a.test/1>; rel=next, <https://[v:q]@a.test/2>; rel=a@b',
      'Link: </1?token=[s>, <https://u:p@a.test/2?token=t]&x>',
      'Referer: https://a.test/?next=https://[u:p]@b.test/?token=[s]&x=//[v:q]@c',
      'Location: https://[u:p]@a.test/?token=[https://v:q@b.test/]',
      'X-Envoy-Original-Path: /?token=[s]',
    ],
  );
});

test('user information and query of one URL are both replaced', () => {
  assert.equal(target({ queryParameters: ['token'] }, 'http://u:p@h/?token=s'), 'http://[u:p]@h/?token=[s]');
});

test('a Host that is redacted is redacted in the target too', () => {
  assert.equal(target({ headers: ['host'] }, 'http://u@h:1/p'), 'http://[u@h:1]/p');
  assert.equal(target({ headers: ['host'] }, 'h:443', 'CONNECT'), '[h:443]');
});

test('named cookies are replaced in Cookie, and others stay', () => {
  const names = { cookies: ['sid', 'k'] };
  assert.deepEqual(lines(names, 'Cookie: a=1; sid=s=1==; b=2;k=t;sid=u', 'cookie: sid=v'), [
    'Cookie: a=1; sid=[s=1==]; b=2;k=[t];sid=[u]',
    'cookie: sid=[v]',
  ]);
  assert.deepEqual(lines(names, 'Cookie: SID=1; xsid=2; sid; =sid; sid=;; sid = s ; a'), [
    'Cookie: SID=1; xsid=2; sid; =sid; sid=;; sid = [s] ; a',
  ]);
});

test('the attributes of a Set-Cookie survive', () => {
  const names = { cookies: ['sid', 'Path'] };
  assert.deepEqual(
    lines(
      names,
      'Set-Cookie: sid=s; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
      'set-cookie: theme=dark; Path=/',
      'Set-Cookie:   sid = s;Secure',
    ),
    [
      'Set-Cookie: sid=[s]; Path=/; Expires=Wed, 21 Oct 2026 07:28:00 GMT; HttpOnly',
      'set-cookie: theme=dark; Path=/',
      'Set-Cookie: sid = [s];Secure',
    ],
  );
});

test('quotes and commas leave nothing of a cookie, however a server reads them', () => {
  const names = { cookies: ['sid'] };
  assert.deepEqual(
    lines(
      names,
      'Cookie: sid="a;b"; c=1',
      'Cookie: sid="a;b',
      'Cookie: a=1, sid=s',
      'Cookie: a="x; sid=s"',
      'Set-Cookie: a=1; Path=/, sid=s; Path=/',
    ),
    [
      'Cookie: sid=["a;b"]; c=1',
      'Cookie: sid=["a;b]',
      'Cookie: a=1, sid=[s]',
      'Cookie: a="x; sid=[s"]',
      'Set-Cookie: a=1; Path=/, sid=[s]; Path=/',
    ],
  );
});

test('escaped quotes, blanks and nameless cookies leave nothing of a cookie', () => {
  const names = { cookies: ['sid'] };
  assert.deepEqual(
    lines(
      names,
      'Cookie: sid="a\\"b; c"; d=1',
      'Cookie: sid="a\\\\"; d=1',
      'Cookie: a=1 sid=s; b=2',
      'Cookie: a=1\tb sid = s t; b=2',
      'Cookie: =sid=s; a',
      'Set-Cookie: sid="a\\"; b"; Path=/',
      'Set-Cookie: =sid=s; Path=/',
    ),
    [
      'Cookie: sid=["a\\"b; c"]; d=1',
      'Cookie: sid=["a\\\\"]; d=1',
      'Cookie: a=1 sid=[s]; b=2',
      'Cookie: a=1\tb sid = [s t]; b=2',
      'Cookie: =sid=[s]; a',
      'Set-Cookie: sid=["a\\"; b"]; Path=/',
      'Set-Cookie: =sid=[s]; Path=/',
    ],
  );
});

test('a name of a cookie may hold bytes beyond ASCII', () => {
  assert.deepEqual(lines({ cookies: ['ü'] }, 'Cookie: \xc3\xbc=s'), ['Cookie: \xc3\xbc=[s]']);
});

test('parameters of path segments are replaced up to the end of their segment', () => {
  const names = { pathParameters: ['jsessionid'] };
  assert.equal(
    target(names, '/cart;jsessionid=1A.2B/items;v=2?a=b'),
    '/cart;jsessionid=[1A.2B]/items;v=2?a=b',
  );
  assert.equal(target(names, '/cart;a=1;jsessionid=1A;b=2'), '/cart;a=1;jsessionid=[1A];b=2');
  assert.equal(
    target(names, '/cart;%6Asessionid=1A?jsessionid=kept'),
    '/cart;%6Asessionid=[1A]?jsessionid=kept',
  );
  assert.equal(target(names, '/in?to=/cart;jsessionid=1A/2B&x=1'), '/in?to=/cart;jsessionid=[1A/2B]&x=1');
  assert.equal(target(names, 'http://h/cart;jsessionid=1A'), 'http://h/cart;jsessionid=[1A]');
  assert.equal(target(names, '/cart;jsessionid'), '/cart;jsessionid');
  assert.deepEqual(
    lines(names, 'Location: http://h/a;jsessionid=1A#x', 'Link: </a;jsessionid=1A>; rel=next'),
    ['Location: http://h/a;jsessionid=[1A]#x', 'Link: </a;jsessionid=[1A]>; rel=next'],
  );
});

test('fields that name the URL that a page shows are treated as URLs', () => {
  const names = { queryParameters: ['token'] };
  for (const field of [
    'HX-Redirect',
    'HX-Push-Url',
    'HX-Location',
    'Turbolinks-Location',
    'X-MS-Original-URL',
    'X-Waws-Unencoded-Url',
    'X-Forwarded-Original-Uri',
    'SourceMap',
  ])
    assert.deepEqual(lines(names, `${field}: /a?token[]=s&b=1`), [`${field}: /a?token[]=[s]&b=1`]);
});

test('cookies are named as servers read them', () => {
  assert.deepEqual(lines({ cookies: ['my_sid'] }, 'Cookie: my.sid=s; my%2Esid=s; my_sid[a]=s; my-sid=kept'), [
    'Cookie: my.sid=[s]; my%2Esid=[s]; my_sid[a]=[s]; my-sid=kept',
  ]);
  assert.deepEqual(lines({ cookies: ['my_sid'] }, 'Cookie: a=1; my sid=s; b=2', 'Cookie: my\tsid=s'), [
    'Cookie: a=1; my sid=[s]; b=2',
    'Cookie: my\tsid=[s]',
  ]);
});

test('hashing is bounded: what is beyond goes without a text of its own', () => {
  let asked = 0;
  const message = fieldsOf(...Array.from({ length: 1_000 }, (_, index) => `A: ${index}`));
  const redacted = redactFields(message, compiled({ headers: ['a'] }), () => {
    asked++;
    return Buffer.from('keyed');
  });
  const values = new Set(linesOf(redacted ?? message));
  assert.deepEqual([...values], ['A: keyed', 'A: redacted']);
  assert.ok(asked < 100, `hashed ${asked} times`);
});

test('no marked secret survives wherever a stranger puts it', () => {
  const redaction = compiled({ headers: REDACTED_HEADERS, cookies: ['sid'], queryParameters: ['token'] });
  const pieces = [
    'a',
    '=',
    '&',
    ';',
    '?',
    '#',
    '%',
    '"',
    ',',
    ' ',
    '/',
    '@',
    ':',
    '\\',
    '+',
    '\xff',
    'sid',
    'token',
  ];
  const noise = (): string =>
    Array.from(
      { length: Math.floor(Math.random() * 12) },
      () => pieces[Math.floor(Math.random() * pieces.length)],
    ).join('');
  for (let round = 0; round < 5_000; round++) {
    const around = [noise(), noise(), noise().replaceAll(/[?#&;]/g, ''), noise().replace(/^[^&]*$/, '')];
    const secret = `S3CRET${around[2]?.replaceAll(/[ &;]/g, '') ?? ''}`;
    const query = `/${around[0]}?${around[1]}&token=${secret}&${around[3]}`.replaceAll(' ', '');
    const message = requestOf(
      `GET ${query}`,
      `Referer: ${query}`,
      `Authorization: ${secret}`,
      `Cookie: ${around[0]?.replaceAll('"', '')};sid=${secret}; b=1`,
    );
    const redacted = redactRequest(message, redaction, () => Buffer.from('-'));
    const text = Buffer.from(redacted?.bytes ?? message.bytes).toString('latin1');
    assert.ok(!text.includes('S3CRET'), text);
    assert.equal(linesOf(redacted ?? message).length, 3);
  }
});
