import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Outcome } from '@culvert/proto';
import { createKit, exchangesOf } from '../testing/kit.ts';
import { Tracker, type Aborter } from './tracker.ts';

const EXPECTING = 'PUT / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n';
const CHALLENGE = 'HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno';
const FACTS = { encodedPeer: new Uint8Array(), upstreamAuthority: Buffer.from('h') };

function setUp() {
  const kit = createKit();
  return { kit, tracker: new Tracker(kit.context, FACTS, kit.context.ports.forPort(80)) };
}

for (const by of ['client', 'upstream'] as const satisfies readonly Aborter[])
  test(`an exchange that was answered early has ended with its last byte, not when the ${by} closes`, () => {
    const { kit, tracker } = setUp();

    tracker.fromClient(Buffer.from(EXPECTING), 1_000);
    tracker.fromUpstream(Buffer.from(CHALLENGE), 1_003);
    if (by === 'client') tracker.clientEnded(60_000);
    else tracker.upstreamEnded(60_000);
    tracker.closed(by, 60_000);

    const [exchange] = exchangesOf(kit.events());
    assert.equal(exchange?.response?.end?.durationUs, 3_000);
    assert.equal(exchange.response.end.outcome, Outcome.OUTCOME_COMPLETE);
    assert.equal(kit.books.exchange.open, 0);
  });

test('an exchange whose answer was cut has ended when the connection did', () => {
  const { kit, tracker } = setUp();

  tracker.fromClient(Buffer.from(EXPECTING), 1_000);
  tracker.fromUpstream(Buffer.from(CHALLENGE.slice(0, -1)), 1_000);
  tracker.closed('upstream', 1_005);

  const [exchange] = exchangesOf(kit.events());
  assert.equal(exchange?.response?.end?.durationUs, 5_000);
  assert.equal(exchange.response.end.outcome, Outcome.OUTCOME_UPSTREAM_ABORTED);
});
