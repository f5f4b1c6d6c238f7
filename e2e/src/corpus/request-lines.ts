import { UPSTREAM } from './conversation.ts';
import { client, conversation, exchange, head, OK, OK_RESPONSE, server } from './builders.ts';

const HEADERS = ['Host: example.test'];

function accepted(name: string, method: string, target: string, url: string, headers = HEADERS) {
  return conversation(
    name,
    [client(head(`${method} ${target} HTTP/1.1`, ...headers)), server(OK)],
    [exchange({ method, url, request: { headers }, response: OK_RESPONSE })],
  );
}

/** Methods and targets that are valid. */
export const requestLines = [
  accepted('an unknown method', 'BREW', '/pot-1', 'http://example.test/pot-1'),
  accepted('a method of all token marks', "!#$%&'*+-.^_`|~aZ09", '/', 'http://example.test/'),
  accepted('a method in lower case stays so', 'get', '/', 'http://example.test/'),
  accepted('PATCH', 'PATCH', '/orders/7', 'http://example.test/orders/7'),
  accepted('TRACE', 'TRACE', '/', 'http://example.test/'),
  accepted('a method that starts as another one', 'GETS', '/', 'http://example.test/'),
  accepted('OPTIONS for the server as a whole', 'OPTIONS', '*', 'http://example.test'),
  accepted('an absolute target', 'GET', 'http://example.test/a?b', 'http://example.test/a?b'),
  accepted(
    'an absolute target that names its host otherwise than Host does, yet the same',
    'GET',
    'http://Example.TEST:80/a',
    'http://Example.TEST:80/a',
  ),
  accepted(
    'an absolute target with user information and without a path',
    'GET',
    'https://me:secret@example.test:8443',
    'https://me:secret@example.test:8443',
    ['Host: example.test:8443'],
  ),
  accepted('an absolute target without Host', 'GET', 'http://other.test/x', 'http://other.test/x', []),
  accepted(
    'a target with query, fragment and marks',
    'GET',
    '/a;b=\'1\'?q=[{"x"}]|^#top',
    'http://example.test/a;b=\'1\'?q=[{"x"}]|^#top',
  ),
  accepted(
    'a target with raw UTF-8 and bytes that are not',
    'GET',
    '/\xc3\xa4\xff\x80',
    'http://example.test/\xc3\xa4\xff\x80',
  ),
  accepted('a target that looks like a version', 'GET', '/HTTP/1.1', 'http://example.test/HTTP/1.1'),
  accepted('a target of two slashes', 'GET', '//not.a.host/x', 'http://example.test//not.a.host/x'),
  accepted('HTTP/1.1 without Host', 'GET', '/', `http://${UPSTREAM}/`, ['Accept: */*']),
  accepted('an empty Host', 'GET', '/', `http://${UPSTREAM}/`, ['Host:']),
  accepted('a host with port', 'GET', '/', 'http://[::1]:8081/', ['HOST: [::1]:8081']),
];
