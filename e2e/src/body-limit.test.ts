import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventually } from './rig/eventually.ts';
import { startStack, type Stack } from './rig/stack.ts';

interface Recorded {
  readonly path: string;
  readonly requestBody: string | null;
  readonly responseBody: string | null;
  readonly requestBodyBytes: number;
  readonly requestTruncated: boolean;
  readonly responseTruncated: boolean;
  readonly requestBodyState: string;
  readonly responseBodyState: string;
}

const LIMIT = 1_000;
/** Every byte value, over and over; the application answers letters in upper case, so none of those are in it. */
const BYTES = Buffer.from(Array.from({ length: 5_000 }, (_, index) => index % 0x41));

/** Sends bodies and waits until all of them are stored as far as they were captured. */
async function record(stack: Stack, bodies: readonly Buffer[]): Promise<Recorded[]> {
  for (const [index, body] of bodies.entries()) {
    const answer = await fetch(`http://127.0.0.1:${stack.port}/${index}`, {
      method: 'POST',
      body: new Uint8Array(body),
    });
    assert.deepEqual(Buffer.from(await answer.arrayBuffer()), body, 'what passes through is never cut');
  }
  const { requests } = await eventually(
    () =>
      stack.graphql.query<{ requests: Recorded[] }>(
        `{ requests { path requestBody responseBody requestBodyBytes requestTruncated responseTruncated
           requestBodyState responseBodyState } }`,
      ),
    (found) =>
      found.requests.length === bodies.length &&
      found.requests.every(
        (one) => one.requestBodyState !== 'PENDING' && one.responseBodyState !== 'PENDING',
      ),
    `${bodies.length} exchanges with their bodies`,
  );
  return requests.toSorted((a, b) => a.path.localeCompare(b.path));
}

test('S1-13: bodies are kept byte for byte up to the limit, and what is beyond it is told', async (t) => {
  const stack = await startStack(t, { sidecar: { CULVERT_BODY_LIMIT_BYTES: String(LIMIT) } });

  const [whole, cut] = await record(stack, [BYTES.subarray(0, LIMIT), BYTES]);

  const start = BYTES.toString('base64', 0, LIMIT);
  assert.deepEqual(whole, {
    path: '/0',
    requestBody: start,
    responseBody: start,
    requestBodyBytes: LIMIT,
    requestTruncated: false,
    responseTruncated: false,
    requestBodyState: 'COMPLETE',
    responseBodyState: 'COMPLETE',
  });
  assert.deepEqual(cut, {
    path: '/1',
    requestBody: start,
    responseBody: start,
    requestBodyBytes: BYTES.length,
    requestTruncated: true,
    responseTruncated: true,
    requestBodyState: 'TRUNCATED',
    responseBodyState: 'TRUNCATED',
  });
});

test('with a limit of 0 no body is kept, and its size is still told', async (t) => {
  const stack = await startStack(t, { sidecar: { CULVERT_BODY_LIMIT_BYTES: '0' } });

  const [recorded] = await record(stack, [BYTES]);

  assert.deepEqual(
    [recorded?.requestBody, recorded?.requestBodyState, recorded?.requestBodyBytes],
    [null, 'NOT_CAPTURED', BYTES.length],
  );
});
