import { client, conversation, type Content, ends, server } from './builders.ts';

function clientFirst(name: string, reason: string, first: Content, answer: Content) {
  return conversation(
    name,
    [client(first), server(answer), client(first), ends('client'), ends('server')],
    [],
    reason,
  );
}

function serverFirst(name: string, greeting: Content, answer: Content) {
  return conversation(name, [server(greeting), client(answer), server(greeting)], [], 'unexpected_response');
}

const CLIENT_HELLO = Buffer.from(
  '16030100450100004103036b2f1d' +
    '5a'.repeat(29) +
    '000002130101000016' +
    '000a000400020017' +
    '002b0003020304',
  'hex',
);
const POSTGRES_STARTUP = Buffer.from('0000001500030000757365720063756c7665727400', 'hex');
const MQTT_CONNECT = Buffer.from('101000044d5154540402003c000474657374', 'hex');
const HTTP2_SETTINGS = Buffer.from('000000040000000000', 'hex');
const PROXY_SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

/** Everything that is not HTTP/1 passes untouched. */
export const otherProtocols = [
  clientFirst('TLS', 'tls', CLIENT_HELLO, Buffer.from('160303003a02000036', 'hex')),
  clientFirst('a handshake byte that is no TLS', 'not_http', '\x16\x02', '\x00'),
  conversation('a handshake byte alone', [client('\x16'), ends('client'), ends('server')], [], 'not_http'),
  clientFirst(
    'HTTP/2 with prior knowledge',
    'http2',
    Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), HTTP2_SETTINGS]),
    HTTP2_SETTINGS,
  ),
  clientFirst('Postgres', 'not_http', POSTGRES_STARTUP, 'R\0\0\0\x08\0\0\0\0'),
  clientFirst('MQTT', 'not_http', MQTT_CONNECT, '\x20\x02\0\0'),
  clientFirst('Redis', 'not_http', '*1\r\n$4\r\nPING\r\n', '+PONG\r\n'),
  clientFirst('Redis, inline', 'not_http', 'PING\r\n', '+PONG\r\n'),
  clientFirst('SSH, the client first', 'not_http', 'SSH-2.0-OpenSSH_9.9\r\n', 'SSH-2.0-OpenSSH_9.9\r\n'),
  clientFirst('the PROXY protocol, version 2', 'not_http', PROXY_SIGNATURE, '\x00'),
  clientFirst(
    'the PROXY protocol, version 1',
    'malformed_request',
    'PROXY TCP4 192.0.2.1 192.0.2.2 5 80\r\n',
    '-',
  ),
  clientFirst('memcached', 'malformed_request', 'get key\r\n', 'END\r\n'),
  clientFirst('text that is no request', 'not_http', '{"hello": "there"}\n', '{}\n'),
  clientFirst('a bare LF first', 'not_http', '\nGET / HTTP/1.1\r\nHost: a\r\n\r\n', '-'),
  clientFirst(
    'every byte value',
    'not_http',
    Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)),
    '-',
  ),
  serverFirst('SMTP', '220 mail.test ESMTP\r\n', 'EHLO client.test\r\n'),
  serverFirst('NATS', 'INFO {"server_id":"N"}\r\n', 'CONNECT {"verbose":false}\r\nPING\r\n'),
  serverFirst('MySQL', 'J\0\0\0\n8.4.0\0', ' \0\0\x01'),
];
