import type { RandomNumbers } from './random-numbers.ts';

/** What has broken parsers before. */
const TROUBLE = [
  ...['\r', '\n', '\r\n', '\r\n\r\n', '\0', ' ', '\t', ':', ',', ';', '0', 'f', '\x7f', '\xff', '\x16\x03'],
  ...['Content-Length: 1\r\n', 'Transfer-Encoding: chunked\r\n', 'Host: b\r\n', 'Connection: upgrade\r\n'],
  ...[
    '0\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 100 C\r\n\r\n',
    'HEAD ',
    'HTTP/1.0',
  ],
];

/** The bytes with up to three changes: a byte replaced, a stretch removed or repeated, trouble put in. */
export function mutate(bytes: Buffer, random: RandomNumbers): Buffer {
  let changed = bytes;
  for (let changes = random(4); changes > 0; changes--) changed = change(changed, random);
  return changed;
}

function change(bytes: Buffer, random: RandomNumbers): Buffer {
  const from = random(bytes.length + 1);
  const to = Math.min(bytes.length, from + random(12));
  const before = bytes.subarray(0, from);
  switch (random(4)) {
    case 0:
      return Buffer.concat([before, Buffer.from([random(256)]), bytes.subarray(from + 1)]);
    case 1:
      return Buffer.concat([before, bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from)]);
    default:
      return Buffer.concat([
        before,
        Buffer.from(TROUBLE[random(TROUBLE.length)]!, 'latin1'),
        bytes.subarray(from),
      ]);
  }
}
