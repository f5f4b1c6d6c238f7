import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  CLIENT_DATA,
  CLIENT_END,
  ReadQueue,
  UNREAD_EVENTS,
  UPSTREAM_DATA,
  type ConnectionEvent,
  type EventReader,
} from './read-queue.ts';

function setUp(delayMs = 100) {
  const clock = { now: 1_000 };
  const asked: number[] = [];
  const queue = new ReadQueue(() => clock.now, delayMs, { at: (moment) => asked.push(moment) });
  const seen: (readonly [string, ConnectionEvent, string | undefined, number])[] = [];
  const reader = (name: string): EventReader => ({
    read: (event, chunk, at) => seen.push([name, event, chunk?.toString(), at]),
  });
  return { asked, clock, queue, reader, seen };
}

test('what happened is read later, in its order over all connections and with the time when it happened', () => {
  const { asked, clock, queue, reader, seen } = setUp();
  const [one, two] = [reader('one'), reader('two')];
  queue.add(one, CLIENT_DATA, Buffer.from('a'));
  clock.now += 5;
  queue.add(two, CLIENT_DATA, Buffer.from('b'));
  clock.now += 5;
  queue.add(one, UPSTREAM_DATA, Buffer.from('c'));
  queue.add(one, CLIENT_END, undefined);
  const early = seen.length;
  clock.now += 90;
  queue.drain();
  queue.drain();
  assert.equal(early, 0);
  assert.deepEqual(asked, [1_100], 'the oldest waits no longer than it should');
  assert.deepEqual(seen, [
    ['one', CLIENT_DATA, 'a', 1_000],
    ['two', CLIENT_DATA, 'b', 1_005],
    ['one', UPSTREAM_DATA, 'c', 1_010],
    ['one', CLIENT_END, undefined, 1_010],
  ]);
});

test('no more waits than has room, in events and in bytes', () => {
  const { queue, reader, seen } = setUp();
  const one = reader('one');
  for (let i = 0; i < UNREAD_EVENTS; i++) queue.add(one, CLIENT_DATA, Buffer.from('a'));
  assert.equal(seen.length, UNREAD_EVENTS);
  for (let i = 0; i < 8; i++) queue.add(one, CLIENT_DATA, Buffer.alloc(64 * 1024));
  assert.equal(seen.length, UNREAD_EVENTS + 8);
});

test('without a delay everything is read at once', () => {
  const { asked, queue, reader, seen } = setUp(0);
  queue.add(reader('one'), CLIENT_DATA, Buffer.from('a'));
  assert.equal(seen.length, 1);
  assert.deepEqual(asked, []);
});
