import {
  client,
  conversation,
  ends,
  exchange,
  GET,
  head,
  OK,
  OK_RESPONSE,
  server,
  type Content,
} from './builders.ts';

const REFUSAL = head('HTTP/1.1 400 Bad Request', 'Connection: close', 'Content-Length: 0');

function refused(name: string, reason: string, ...contents: readonly Content[]) {
  return conversation(
    name,
    [client(...contents), server(REFUSAL), ends('server'), ends('client')],
    [],
    reason,
  );
}

function malformed(name: string, ...contents: readonly Content[]) {
  return refused(name, 'malformed_request', ...contents);
}

const HOST = 'Host: example.test';

/** Request lines, fields and hosts that servers read in different ways: forwarded as they came, not interpreted. */
export const refusedRequests = [
  malformed('a request line without version', 'GET /\r\n\r\n'),
  malformed('a request line without target', 'GET HTTP/1.1\r\n\r\n'),
  malformed('two spaces before the target', 'GET  / HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('two spaces before the version', 'GET /  HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('a space behind the version', 'GET / HTTP/1.1 \r\nHost: a\r\n\r\n'),
  malformed('a space in the target', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('a target that is no path', 'GET path HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('an absolute target without a host', 'GET http:///path HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('CONNECT without a port', 'CONNECT far.test HTTP/1.1\r\nHost: far.test\r\n\r\n'),
  malformed('CONNECT to a path', 'CONNECT /a:1 HTTP/1.1\r\nHost: far.test\r\n\r\n'),
  malformed(
    'an authority as target of another method',
    'GET far.test:443 HTTP/1.1\r\nHost: far.test\r\n\r\n',
  ),
  malformed('HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n'),
  malformed('HTTP/0.9 by name', 'GET / HTTP/0.9\r\n\r\n'),
  malformed('HTTP/2.0 in an HTTP/1 request line', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n'),
  malformed('HTTP/1.10', 'GET / HTTP/1.10\r\nHost: a\r\n\r\n'),
  malformed('the protocol in lower case', 'GET / http/1.1\r\nHost: a\r\n\r\n'),
  malformed('bare LF behind the request line', 'GET / HTTP/1.1\nHost: a\n\n'),
  malformed('bare LF behind a field', 'GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n'),
  malformed('bare LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n'),
  malformed('bare CR behind a field', 'GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n'),
  malformed('bare CR as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\rGET / HTTP/1.1\r\n\r\n'),
  malformed('a space before the colon', 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'),
  malformed('a space before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n'),
  malformed('a folded field', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n c\r\n\r\n'),
  malformed('a field without colon', 'GET / HTTP/1.1\r\nHost: a\r\nnonsense\r\n\r\n'),
  malformed('a field without name', 'GET / HTTP/1.1\r\nHost: a\r\n: b\r\n\r\n'),
  malformed('a field name that is no token', 'GET / HTTP/1.1\r\nHost: a\r\nX(Y): b\r\n\r\n'),
  malformed('NUL in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: b\0c\r\n\r\n'),
  malformed('NUL in a target', 'GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n'),
  malformed('DEL in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: \x7f\r\n\r\n'),
  refused('Host twice', 'ambiguous_host', head('GET / HTTP/1.1', HOST, 'Accept: */*', 'host: other.test')),
  refused('the same Host twice', 'ambiguous_host', head('GET / HTTP/1.1', HOST, HOST)),
  refused(
    'an absolute target of another host',
    'ambiguous_host',
    head('GET http://other.test/ HTTP/1.1', HOST),
  ),
  refused(
    'an absolute target of another port',
    'ambiguous_host',
    head('GET http://example.test:81/ HTTP/1.1', HOST),
  ),
  refused(
    'an absolute target whose user information is the host',
    'ambiguous_host',
    head('GET http://example.test@other.test/ HTTP/1.1', HOST),
  ),
  conversation(
    'a second request that is malformed leaves the first one whole',
    [client(GET, 'GET / HTTP/1.1\r\nHost : a\r\n\r\n'), server(OK, REFUSAL), ends('server'), ends('client')],
    [exchange({ response: OK_RESPONSE })],
    'malformed_request',
  ),
  conversation(
    'a second request that starts with a byte of no token',
    [client(GET), server(OK), client('\x00\x01'), ends('client'), ends('server')],
    [exchange({ response: OK_RESPONSE })],
    'malformed_request',
  ),
  conversation(
    'bare LF before a second request',
    [client(GET), server(OK), client('\n', GET), server(OK)],
    [exchange({ response: OK_RESPONSE })],
    'malformed_request',
  ),
];
