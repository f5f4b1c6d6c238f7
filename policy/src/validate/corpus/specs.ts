/** A spec, and what of the refusal API server and {@link validateResource} must both say; undefined: they accept it. */
export interface SpecCase {
  readonly name: string;
  readonly spec: unknown;
  readonly refused?: string | true;
}

/** Refused by the structure, about which each speaks in its own words. */
const STRUCTURE = true;

const LABEL_KEY = 'optionally after a DNS name and a slash, for example app';
const LABEL_VALUE = 'label values consist of letters, digits';
const PORT_NUMBER = 'write a port number from 1 to 65535';
const PORT_NAME = "write a port number without quotes, or the name of a container's port";
const HOST = 'write a host alone, without scheme, port or path';
const HEADER_NAME = 'write the name of a header field alone';

function text(length: number): string {
  return 'x'.repeat(length);
}

function selecting(selector: unknown): unknown {
  return { selector };
}

function requiring(requirement: unknown): unknown {
  return selecting({ matchExpressions: [requirement] });
}

function port(port: unknown, more: object = {}): unknown {
  return { ports: [{ port, ...more }] };
}

function matching(match: unknown): unknown {
  return { match: [match] };
}

export const SPECS: readonly SpecCase[] = [
  { name: 'nothing said', spec: {} },
  { name: 'no object', spec: 'all', refused: STRUCTURE },
  { name: 'unknown field', spec: { frames: 'Full' }, refused: STRUCTURE },
  { name: 'unknown field below', spec: { bodies: { bytes: 1 } }, refused: STRUCTURE },
  {
    name: 'nulls, which stand for nothing',
    spec: { selector: null, ports: null, probes: null, sampling: null },
  },
  { name: 'null in a list', spec: { excludePorts: [null] }, refused: STRUCTURE },
  {
    name: 'everything at once',
    spec: {
      selector: {
        matchLabels: { app: 'cart', 'app.kubernetes.io/part-of': 'shop', empty: '' },
        matchExpressions: [
          { key: 'tier', operator: 'In', values: ['front', 'back'] },
          { key: 'canary', operator: 'DoesNotExist' },
        ],
      },
      ports: [{ port: 8080 }, { port: 'grpc', protocol: 'TCP' }],
      excludePorts: [9090, 'metrics'],
      match: [
        {
          methods: ['GET', 'M-SEARCH'],
          hosts: ['shop.example.com', '*.example.com', '10.0.0.1', '[2001:db8::1]', 'LOCALHOST'],
          paths: [{ value: '/orders/' }, { type: 'Exact', value: '/' }],
          headers: [
            { name: 'X-Tenant', value: 'a b' },
            { name: 'x-empty', value: '' },
            { name: 'x-debug', type: 'Present' },
            { name: 'x-internal', type: 'Absent' },
          ],
          statuses: [{ min: 500, max: 599 }, { min: 404 }],
        },
      ],
      exclude: [{ paths: [{ value: '/healthz' }] }],
      probes: 'Capture',
      sampling: { fraction: { numerator: 1, denominator: 1000 } },
      bodies: { requestBytes: 0, responseBytes: 1024 },
      redaction: {
        defaultHeaders: 'Keep',
        headers: ['X-Session'],
        cookies: ['sid'],
        queryParameters: ['token', 'api key', 'größe'],
        pathParameters: ['jsessionid'],
      },
      rolloutPolicy: 'RollingUpdate',
    },
  },

  { name: 'labels given', spec: selecting({ matchLabels: { 'example.com/Team_1': 'a.b-c_D' } }) },
  { name: 'a label that is a number', spec: selecting({ matchLabels: { app: 1 } }), refused: STRUCTURE },
  { name: 'a label with a blank', spec: selecting({ matchLabels: { app: 'a b' } }), refused: LABEL_VALUE },
  { name: 'a label ending in a dash', spec: selecting({ matchLabels: { app: 'a-' } }), refused: LABEL_VALUE },
  { name: 'a long label', spec: selecting({ matchLabels: { app: text(64) } }), refused: STRUCTURE },
  { name: 'a label key with a blank', spec: selecting({ matchLabels: { 'a b': 'c' } }), refused: LABEL_KEY },
  { name: 'an empty label key', spec: selecting({ matchLabels: { '': 'c' } }), refused: LABEL_KEY },
  { name: 'a long label key', spec: selecting({ matchLabels: { [text(64)]: 'c' } }), refused: LABEL_KEY },
  {
    name: 'a label key with two slashes',
    spec: selecting({ matchLabels: { 'a/b/c': 'd' } }),
    refused: LABEL_KEY,
  },
  { name: 'an upper-case prefix', spec: selecting({ matchLabels: { 'A.b/c': 'd' } }), refused: LABEL_KEY },
  {
    name: 'too many labels',
    spec: selecting({ matchLabels: Object.fromEntries([...Array(33).keys()].map((n) => [`k${n}`, 'v'])) }),
    refused: STRUCTURE,
  },
  { name: 'In with values', spec: requiring({ key: 'app', operator: 'In', values: ['a', ''] }) },
  {
    name: 'In without values',
    spec: requiring({ key: 'app', operator: 'In' }),
    refused: 'operators In and NotIn need values',
  },
  {
    name: 'NotIn with no value in its list',
    spec: requiring({ key: 'app', operator: 'NotIn', values: [] }),
    refused: 'operators In and NotIn need values',
  },
  {
    name: 'Exists with values',
    spec: requiring({ key: 'app', operator: 'Exists', values: ['a'] }),
    refused: 'operators Exists and DoesNotExist take no values',
  },
  { name: 'Exists with an empty list', spec: requiring({ key: 'app', operator: 'Exists', values: [] }) },
  {
    name: 'an operator of other systems',
    spec: requiring({ key: 'app', operator: 'Equals' }),
    refused: STRUCTURE,
  },
  { name: 'an expression without key', spec: requiring({ operator: 'Exists' }), refused: STRUCTURE },
  {
    name: 'an expression with a bad key',
    spec: requiring({ key: '-a', operator: 'Exists' }),
    refused: LABEL_KEY,
  },
  {
    name: 'an expression with a bad value',
    spec: requiring({ key: 'a', operator: 'In', values: ['x/y'] }),
    refused: LABEL_VALUE,
  },

  { name: 'the lowest and the highest port', spec: { ports: [{ port: 1 }, { port: 65535 }] } },
  { name: 'port 0', spec: port(0), refused: PORT_NUMBER },
  { name: 'port 65536', spec: port(65536), refused: PORT_NUMBER },
  { name: 'a negative port', spec: port(-80), refused: PORT_NUMBER },
  { name: 'half a port', spec: port(80.5), refused: STRUCTURE },
  { name: 'a port that is true', spec: port(true), refused: STRUCTURE },
  { name: 'a port number in quotes', spec: port('8080'), refused: PORT_NAME },
  { name: 'an empty port name', spec: port(''), refused: PORT_NAME },
  { name: 'an upper-case port name', spec: port('HTTP'), refused: PORT_NAME },
  { name: 'a port name with an underscore', spec: port('http_1'), refused: PORT_NAME },
  { name: 'a port name of 15 characters', spec: port('abcdefghijklmn1') },
  { name: 'a port name of 16 characters', spec: port('abcdefghijklmno1'), refused: PORT_NAME },
  { name: 'a port name with a dash in front', spec: port('-http'), refused: PORT_NAME },
  { name: 'a port name with two dashes', spec: port('a--b'), refused: PORT_NAME },
  { name: 'a port name with a dash within', spec: port('http-2') },
  { name: 'a port without port', spec: { ports: [{ protocol: 'HTTP' }] }, refused: STRUCTURE },
  { name: 'UDP', spec: port(53, { protocol: 'UDP' }), refused: STRUCTURE },
  {
    name: 'a port twice',
    spec: { ports: [{ port: 80 }, { port: 80, protocol: 'TCP' }] },
    refused: STRUCTURE,
  },
  { name: 'a port and its name', spec: { ports: [{ port: 80 }, { port: 'http' }] } },
  {
    name: 'too many ports',
    spec: { ports: [...Array(31).keys()].map((n) => ({ port: n + 1 })) },
    refused: STRUCTURE,
  },
  { name: 'as many ports as allowed', spec: { ports: [...Array(30).keys()].map((n) => ({ port: n + 1 })) } },
  { name: 'an excluded port twice', spec: { excludePorts: ['http', 'http'] }, refused: STRUCTURE },
  { name: 'an excluded port 0', spec: { excludePorts: [0] }, refused: PORT_NUMBER },
  { name: 'an excluded port number in quotes', spec: { excludePorts: ['80'] }, refused: PORT_NAME },

  { name: 'a match that names nothing', spec: matching({}), refused: 'name at least one of methods, hosts' },
  {
    name: 'an exclusion that names nothing',
    spec: { exclude: [{}] },
    refused: 'name at least one of methods',
  },
  { name: 'no match in the list', spec: { match: [], exclude: [] } },
  {
    name: 'a lower-case method',
    spec: matching({ methods: ['get'] }),
    refused: 'write methods in upper case',
  },
  { name: 'no method in the list', spec: matching({ methods: [] }), refused: STRUCTURE },
  { name: 'a method twice', spec: matching({ methods: ['GET', 'GET'] }), refused: STRUCTURE },
  {
    name: 'a method with a blank',
    spec: matching({ methods: ['GET POST'] }),
    refused: 'write methods in upper case',
  },
  { name: 'a host with scheme', spec: matching({ hosts: ['https://example.com'] }), refused: HOST },
  { name: 'a host with port', spec: matching({ hosts: ['example.com:8080'] }), refused: HOST },
  { name: 'a star within a host', spec: matching({ hosts: ['api.*.com'] }), refused: HOST },
  { name: 'a star alone', spec: matching({ hosts: ['*'] }), refused: HOST },
  { name: 'an IPv6 address without brackets', spec: matching({ hosts: ['::1'] }), refused: HOST },
  { name: 'a long host', spec: matching({ hosts: [text(254)] }), refused: STRUCTURE },
  {
    name: 'a path without slash',
    spec: matching({ paths: [{ value: 'orders' }] }),
    refused: "begin the path with '/'",
  },
  {
    name: 'a path with query',
    spec: matching({ paths: [{ value: '/a?b=1' }] }),
    refused: 'queries are not compared',
  },
  { name: 'an empty path', spec: matching({ paths: [{ value: '' }] }), refused: STRUCTURE },
  {
    name: 'a path by regular expression',
    spec: matching({ paths: [{ type: 'Regex', value: '/.*' }] }),
    refused: STRUCTURE,
  },
  { name: 'a path that is text', spec: matching({ paths: ['/orders'] }), refused: STRUCTURE },
  {
    name: 'a header without value',
    spec: matching({ headers: [{ name: 'a' }] }),
    refused: 'type Exact needs a value',
  },
  {
    name: 'a present header with value',
    spec: matching({ headers: [{ name: 'a', type: 'Present', value: 'b' }] }),
    refused: 'types Present and Absent take no value',
  },
  {
    name: 'an absent header with value',
    spec: matching({ headers: [{ name: 'a', type: 'Absent', value: '' }] }),
    refused: 'types Present and Absent take no value',
  },
  {
    name: 'a header name with colon',
    spec: matching({ headers: [{ name: 'a:', type: 'Present' }] }),
    refused: HEADER_NAME,
  },
  {
    name: 'an empty header name',
    spec: matching({ headers: [{ name: '', type: 'Present' }] }),
    refused: STRUCTURE,
  },
  {
    name: 'every character of tokens',
    spec: matching({ headers: [{ name: "!#$%&'*+.^_`|~aZ9-", type: 'Present' }] }),
  },
  { name: 'a header value with a tab', spec: matching({ headers: [{ name: 'a', value: 'b\tc' }] }) },
  { name: 'a header value beyond ASCII', spec: matching({ headers: [{ name: 'a', value: 'ünï 🙂' }] }) },
  {
    name: 'a header value with a line break',
    spec: matching({ headers: [{ name: 'a', value: 'b\nc' }] }),
    refused: 'remove line breaks',
  },
  {
    name: 'a header value with a blank at its end',
    spec: matching({ headers: [{ name: 'a', value: 'b ' }] }),
    refused: 'blanks at both ends',
  },
  {
    name: 'a range upside down',
    spec: matching({ statuses: [{ min: 500, max: 400 }] }),
    refused: 'min must not be larger',
  },
  { name: 'one status', spec: matching({ statuses: [{ min: 404, max: 404 }] }) },
  { name: 'a range without min', spec: matching({ statuses: [{ max: 400 }] }), refused: STRUCTURE },
  { name: 'a status below 100', spec: matching({ statuses: [{ min: 99 }] }), refused: STRUCTURE },
  { name: 'a status above 599', spec: matching({ statuses: [{ min: 600 }] }), refused: STRUCTURE },
  { name: 'a status as text', spec: matching({ statuses: [{ min: '500' }] }), refused: STRUCTURE },
  { name: 'a status of all fives', spec: matching({ statuses: ['5xx'] }), refused: STRUCTURE },

  { name: 'probes by a truth value', spec: { probes: true }, refused: STRUCTURE },
  { name: 'no percent', spec: { sampling: { percent: 0 } } },
  { name: 'all percent', spec: { sampling: { percent: 100 } } },
  { name: 'more than all', spec: { sampling: { percent: 101 } }, refused: STRUCTURE },
  { name: 'half a percent', spec: { sampling: { percent: 0.5 } }, refused: STRUCTURE },
  { name: 'percent in quotes', spec: { sampling: { percent: '10' } }, refused: STRUCTURE },
  {
    name: 'sampling that says nothing',
    spec: { sampling: {} },
    refused: 'write percent, for example percent: 10',
  },
  {
    name: 'percent and fraction',
    spec: { sampling: { percent: 1, fraction: { numerator: 1 } } },
    refused: 'percent and fraction exclude each other',
  },
  { name: 'a fraction of a hundred', spec: { sampling: { fraction: { numerator: 100 } } } },
  {
    name: 'a fraction above one',
    spec: { sampling: { fraction: { numerator: 101 } } },
    refused: 'numerator must not be larger than denominator',
  },
  {
    name: 'a fraction of nothing',
    spec: { sampling: { fraction: { numerator: 0, denominator: 0 } } },
    refused: STRUCTURE,
  },
  {
    name: 'a fraction without numerator',
    spec: { sampling: { fraction: { denominator: 2 } } },
    refused: STRUCTURE,
  },

  { name: 'a negative limit', spec: { bodies: { requestBytes: -1 } }, refused: STRUCTURE },
  { name: 'a limit with a unit', spec: { bodies: { requestBytes: '1Mi' } }, refused: STRUCTURE },
  { name: 'one limit', spec: { bodies: { responseBytes: 10 } } },
  { name: 'a limit above a gibibyte', spec: { bodies: { requestBytes: 1073741825 } }, refused: STRUCTURE },
  { name: 'a redacted header with colon', spec: { redaction: { headers: ['x-a:'] } }, refused: HEADER_NAME },
  { name: 'a redacted header twice', spec: { redaction: { headers: ['x-a', 'x-a'] } }, refused: STRUCTURE },
  {
    name: 'a redacted cookie with value',
    spec: { redaction: { cookies: ['a=b'] } },
    refused: 'write the name of a cookie alone',
  },
  {
    name: 'a redacted parameter with value',
    spec: { redaction: { queryParameters: ['a=b'] } },
    refused: 'write the name of a query parameter alone',
  },
  {
    name: 'a redacted path parameter with its semicolon',
    spec: { redaction: { pathParameters: [';jsessionid'] } },
    refused: 'write the name of a path parameter alone',
  },
  { name: 'redaction by a truth value', spec: { redaction: true }, refused: STRUCTURE },
  {
    name: 'default headers by a truth value',
    spec: { redaction: { defaultHeaders: false } },
    refused: STRUCTURE,
  },
  { name: 'an unknown roll-out policy', spec: { rolloutPolicy: 'Recreate' }, refused: STRUCTURE },
];
