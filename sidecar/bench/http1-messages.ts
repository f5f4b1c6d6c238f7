/** Messages as they are met in practice, for measuring the parsers. */
export interface ParserCase {
  readonly name: string;
  /** The chunks in which the request and the response arrive. */
  readonly request: readonly Buffer[];
  readonly response: readonly Buffer[];
}

const wrkRequest = message('GET / HTTP/1.1', ['Host: 127.0.0.1:8082']);

const nginxResponse = message(
  'HTTP/1.1 200 OK',
  [
    'Server: nginx/1.26.3',
    'Date: Sat, 21 Nov 2026 08:00:00 GMT',
    'Content-Type: text/plain',
    'Content-Length: 1024',
    'Last-Modified: Sat, 21 Nov 2026 07:00:00 GMT',
    'Connection: keep-alive',
    'ETag: "673ef2b0-400"',
    'Accept-Ranges: bytes',
  ],
  'x'.repeat(1024),
);

const browserRequest = message('GET /api/v1/orders?status=open&limit=50&sort=-created HTTP/1.1', [
  'Host: shop.example.test',
  'Connection: keep-alive',
  'sec-ch-ua: "Chromium";v="142", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile: ?0',
  'sec-ch-ua-platform: "Linux"',
  'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  'Accept: application/json, text/plain, */*',
  'Sec-Fetch-Site: same-origin',
  'Sec-Fetch-Mode: cors',
  'Sec-Fetch-Dest: empty',
  'Referer: https://shop.example.test/orders',
  'Accept-Encoding: gzip, deflate, br, zstd',
  'Accept-Language: en-GB,en;q=0.9,de;q=0.8',
  `Cookie: session=${'s'.repeat(120)}; theme=dark; consent=1`,
  'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
]);

const chunkedResponse = message(
  'HTTP/1.1 200 OK',
  ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
  `400\r\n${'x'.repeat(1024)}\r\n400\r\n${'x'.repeat(1024)}\r\n0\r\n\r\n`,
);

const upload = message(
  'POST /upload HTTP/1.1',
  ['Host: shop.example.test', 'Content-Type: application/octet-stream', 'Content-Length: 1024'],
  'x'.repeat(1024),
);

export const cases: readonly ParserCase[] = [
  { name: 'wrk request, nginx response with 1 KiB', request: [wrkRequest], response: [nginxResponse] },
  {
    name: 'browser request with 15 fields, the same response',
    request: [browserRequest],
    response: [nginxResponse],
  },
  { name: 'upload of 1 KiB, chunked response of 2 KiB', request: [upload], response: [chunkedResponse] },
  { name: 'wrk request, the response in two chunks', request: [wrkRequest], response: halves(nginxResponse) },
  { name: 'browser request in two chunks', request: halves(browserRequest), response: [nginxResponse] },
];

function message(startLine: string, fields: readonly string[], body = ''): Buffer {
  return Buffer.from(`${[startLine, ...fields].join('\r\n')}\r\n\r\n${body}`);
}

function halves(bytes: Buffer): Buffer[] {
  const middle = Math.min(bytes.length >> 1, 120);
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}
