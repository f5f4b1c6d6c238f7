import { client, conversation, exchange, GET, head, OK, OK_RESPONSE, server } from './builders.ts';

const POST = head('POST / HTTP/1.1', 'Host: example.test', 'Expect: 100-continue', 'Content-Length: 4');
const POST_HEADERS = ['Host: example.test', 'Expect: 100-continue', 'Content-Length: 4'];
const CONTINUE = head('HTTP/1.1 100 Continue');

/** 1xx before the final response. */
export const interim = [
  conversation(
    '100 Continue, for which the client waits',
    [client(POST), server(CONTINUE), client('body'), server(OK)],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'body' },
        interim: [100],
        response: OK_RESPONSE,
      }),
    ],
  ),
  conversation(
    'several interim responses, then the final one in the same write',
    [
      client(GET),
      server(head('HTTP/1.1 102 Processing')),
      server(
        head('HTTP/1.1 103 Early Hints', 'Link: </a.css>; rel=preload'),
        head('HTTP/1.1 103 Early Hints', 'Link: </b.css>; rel=preload', 'Content-Length: 9'),
        OK,
      ),
    ],
    [exchange({ interim: [102, 103, 103], response: OK_RESPONSE })],
  ),
  conversation(
    'an expectation that is refused after the client had sent its body anyway',
    [
      client(POST),
      server(head('HTTP/1.1 417 Expectation Failed', 'Content-Length: 0')),
      client('body'),
      client(GET),
      server(OK),
    ],
    [
      exchange({
        method: 'POST',
        request: { headers: POST_HEADERS, body: 'body' },
        response: { status: 417, reason: 'Expectation Failed', headers: ['Content-Length: 0'] },
      }),
      exchange({ response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'an interim response to each of two pipelined requests',
    [client(GET, GET), server(CONTINUE, OK, head('HTTP/1.1 103'), OK)],
    [
      exchange({ interim: [100], response: OK_RESPONSE }),
      exchange({ interim: [103], response: OK_RESPONSE }),
    ],
  ),
  conversation(
    'an interim response before a response without body to HEAD',
    [
      client(head('HEAD / HTTP/1.1', 'Host: example.test')),
      server(head('HTTP/1.1 103 Early Hints', 'Link: </a>'), head('HTTP/1.1 200 OK', 'Content-Length: 3')),
    ],
    [exchange({ method: 'HEAD', interim: [103], response: { headers: ['Content-Length: 3'] } })],
  ),
];
