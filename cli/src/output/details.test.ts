import { deepEqual, equal, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { base64, exchangeWith, headers } from '../testing/exchange.ts';
import { createTestSession } from '../testing/session.ts';
import { createStyle } from '../terminal/style.ts';
import { formatDetails } from './details.ts';
import { createTableWriter } from './exchange-writer.ts';

test('what agents outside a cluster do not know is left out, and a table names the agent instead', async () => {
  const outside = exchangeWith({ namespace: 'bugs', workload: '', pod: '', node: '' });
  const session = createTestSession();

  await createTableWriter(session, false).write([
    outside,
    exchangeWith({ ...outside, workload: 'Deployment/bugs' }),
    exchangeWith({ namespace: '', workload: null }),
  ]);

  const page = formatDetails(outside, createStyle(false), 8_192);
  equal(/^ {2}at .*$/m.exec(page)?.[0], '  at        cluster local, namespace bugs');
  deepEqual(session.written().match(/\S+(?= +http:)/g), ['bugs/agent-1', 'bugs/bugs', 'agent-1']);
});

for (const [state, kept, said] of [
  ['CUT_OFF', 'abc', '9 bytes, it broke off: all 3 bytes that came are here'],
  ['CUT_OFF', null, '9 bytes, it never came'],
  ['TRUNCATED', 'abc', '9 bytes, cut: the first 3 bytes were kept'],
  ['INCOMPLETE', 'abc', '9 bytes, a part of it is missing: 3 bytes are there'],
  ['PENDING', 'abc', '9 bytes, still arriving, 3 bytes so far'],
  ['NOT_CAPTURED', null, '9 bytes, not captured'],
  ['WITHHELD', null, '9 bytes, withheld: it could not be redacted'],
  ['ODD_ONE', 'abc', '9 bytes, odd one'],
] as const) {
  test(`details say of a body that is ${state} with ${kept ?? 'nothing'} kept what that means`, () => {
    const page = formatDetails(
      exchangeWith({
        requestBodyState: state,
        requestBody: kept === null ? null : base64(kept),
        requestBodyBytes: 9,
      }),
      createStyle(false),
      8_192,
    );

    equal(/^Request body \((.*)\)$/m.exec(page)?.[1], said);
  });
}

test('details say that the stream of a whole body ends early', () => {
  const page = formatDetails(
    exchangeWith({
      responseHeaders: headers(['Content-Encoding', 'gzip']),
      responseBody: base64(gzipSync('hello').subarray(0, -4)),
      responseBodyBytes: 21,
    }),
    createStyle(false),
    8_192,
  );

  ok(
    page.includes(
      'Response body (21 bytes, gzip, decoded to 5 bytes, gzip: its stream ends early)\n  hello\n',
    ),
  );
});
