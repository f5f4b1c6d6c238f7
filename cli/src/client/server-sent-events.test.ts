import { deepEqual, rejects } from 'node:assert/strict';
import { test } from 'node:test';
import { readEvents, type ServerSentEvent } from './server-sent-events.ts';

const STREAM =
  ': keep-alive\n\nevent: next\r\ndata: {"a":\r\ndata:1}\r\n\r\nevent: next\ndata: é例\n\nid: 7\nretry: 1\nevent:complete\ndata\n\ndata: cut off';
const EVENTS = [
  { name: 'next', data: '{"a":\n1}' },
  { name: 'next', data: 'é例' },
  { name: 'complete', data: '' },
];

for (const size of [1, 2, 3, 7, 1_000]) {
  test(`events are read whole from chunks of ${size} bytes, and what was cut off is none`, async () => {
    deepEqual(await eventsOf(Buffer.from(STREAM), size), EVENTS);
  });
}

test('an event without end is refused before it fills the memory', async () => {
  const endless = Buffer.alloc(17 * 1024 * 1024, 'x');

  await rejects(eventsOf(Buffer.concat([Buffer.from('data: '), endless]), 1_048_576), /too large/);
  await rejects(eventsOf(Buffer.from(`data: ${'x'.repeat(1_000)}\n`.repeat(18_000)), 1_048_576), /too large/);
});

async function eventsOf(bytes: Buffer, size: number): Promise<ServerSentEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.subarray(at, at + size));
      controller.close();
    },
  });
  const events: ServerSentEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}
