import type { IncomingMessage } from 'node:http';
import type { WatchEvent } from '../kubernetes/objects.ts';

/** Reads a watch's response: one JSON document a line. */
export async function* readWatch(response: IncomingMessage): AsyncGenerator<WatchEvent> {
  let rest: Buffer[] = [];
  for await (const piece of response) {
    let chunk = piece as Buffer;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10)) {
      const line =
        rest.length === 0 ? chunk.subarray(0, end) : Buffer.concat([...rest, chunk.subarray(0, end)]);
      rest = [];
      chunk = chunk.subarray(end + 1);
      if (line.length > 0) yield JSON.parse(line.toString('utf8')) as WatchEvent;
    }
    if (chunk.length > 0) rest.push(chunk);
  }
}
