import type { SpecCase } from './specs.ts';

const SAME_BEGINNING = 'x'.repeat(120);
const SMILE = '🙂';

function json(text: string): unknown {
  return JSON.parse(text) as unknown;
}

function labels(matchLabels: unknown): unknown {
  return { selector: { matchLabels } };
}

function requiring(...matchExpressions: unknown[]): unknown {
  return { selector: { matchExpressions } };
}

function matching(match: unknown): unknown {
  return { match: [match] };
}

function redacting(redaction: unknown): unknown {
  return { redaction };
}

/** Specs by people who are careless or mean, with what both API server and own validation make of them. */
export const HOSTILE_SPECS: readonly SpecCase[] = [
  { name: 'a field named __proto__', spec: json('{"__proto__": {"ports": []}}'), refused: true },
  { name: 'a field named constructor', spec: { constructor: {} }, refused: true },
  { name: 'a field named toString below', spec: { bodies: { toString: 1 } }, refused: true },
  { name: 'a label named constructor', spec: labels({ constructor: 'x', toString: 'y' }) },
  { name: 'a label named __proto__', spec: labels(json('{"__proto__": "x"}')), refused: true },
  { name: 'labels that are a list', spec: labels([]), refused: true },
  { name: 'a label that is null', spec: labels({ app: null }) },
  { name: 'a label with a line break at its end', spec: labels({ app: 'cart\n' }), refused: true },
  { name: 'a label key with a line break at its end', spec: labels({ 'app\n': 'cart' }), refused: true },
  { name: 'a prefix of 253 characters', spec: labels({ [`${'x'.repeat(253)}/a`]: 'b' }) },
  { name: 'a prefix of 254 characters', spec: labels({ [`${'x'.repeat(254)}/a`]: 'b' }), refused: true },
  {
    name: 'one requirement twice',
    spec: requiring({ key: 'a', operator: 'Exists' }, { key: 'a', operator: 'Exists' }),
  },
  { name: 'a requirement that is null', spec: requiring(null), refused: true },
  {
    name: 'In with values that are null',
    spec: requiring({ key: 'a', operator: 'In', values: null }),
    refused: true,
  },
  {
    name: 'In with a value that is null',
    spec: requiring({ key: 'a', operator: 'In', values: [null] }),
    refused: true,
  },
  { name: 'In with one value twice', spec: requiring({ key: 'a', operator: 'In', values: ['b', 'b'] }) },
  { name: 'a port that is null', spec: { ports: [{ port: null }] }, refused: true },
  { name: 'a protocol that is null', spec: { ports: [{ port: 80, protocol: null }] } },
  { name: 'a port as a whole number with a fraction', spec: json('{"ports": [{"port": 80.0}]}') },
  { name: 'a port in powers of ten', spec: json('{"ports": [{"port": 1e2}]}') },
  {
    name: 'a port beyond what numbers hold',
    spec: json('{"ports": [{"port": 18446744073709551616}]}'),
    refused: true,
  },
  { name: 'a port that is an object', spec: { ports: [{ port: {} }] }, refused: true },
  { name: 'a port name with a line break', spec: { ports: [{ port: 'http\n' }] }, refused: true },
  { name: 'a port name that is a picture', spec: { ports: [{ port: SMILE }] }, refused: true },
  { name: 'ports that are an object', spec: { ports: { port: 80 } }, refused: true },
  { name: 'a match of nulls', spec: matching({ methods: null, hosts: null }), refused: true },
  { name: 'a match that is null', spec: matching(null), refused: true },
  { name: 'a method with a line break at its end', spec: matching({ methods: ['GET\n'] }), refused: true },
  { name: 'a host with a line break at its end', spec: matching({ hosts: ['a.test\n'] }), refused: true },
  { name: 'a host with a final dot', spec: matching({ hosts: ['a.test.'] }), refused: true },
  { name: 'hosts that differ in case only', spec: matching({ hosts: ['a.test', 'A.TEST'] }) },
  { name: 'hosts that begin alike', spec: matching({ hosts: [`${SAME_BEGINNING}a`, `${SAME_BEGINNING}b`] }) },
  { name: 'a long host twice', spec: matching({ hosts: [SAME_BEGINNING, SAME_BEGINNING] }), refused: true },
  {
    name: 'a path of 1024 characters beyond ASCII',
    spec: matching({ paths: [{ value: `/${SMILE.repeat(1023)}` }] }),
  },
  {
    name: 'a path of 1025 characters',
    spec: matching({ paths: [{ value: `/${'x'.repeat(1024)}` }] }),
    refused: true,
  },
  { name: 'a path with control characters', spec: matching({ paths: [{ value: '/\u0000\n' }] }) },
  { name: 'one path twice', spec: matching({ paths: [{ value: '/a' }, { value: '/a' }] }) },
  { name: 'a type of path that is null', spec: matching({ paths: [{ type: null, value: '/a' }] }) },
  {
    name: 'a header name with a line break',
    spec: matching({ headers: [{ name: 'a\n', type: 'Present' }] }),
    refused: true,
  },
  {
    name: 'a header value with a line break at its end',
    spec: matching({ headers: [{ name: 'a', value: 'b\n' }] }),
    refused: true,
  },
  {
    name: 'a header value of 2049 characters',
    spec: matching({ headers: [{ name: 'a', value: 'x'.repeat(2049) }] }),
    refused: true,
  },
  {
    name: 'a header value that is null',
    spec: matching({ headers: [{ name: 'a', value: null }] }),
    refused: true,
  },
  { name: 'a status that is null', spec: matching({ statuses: [{ min: null, max: 500 }] }), refused: true },
  { name: 'an end of statuses that is null', spec: matching({ statuses: [{ min: 500, max: null }] }) },
  { name: 'a percent that is null', spec: { sampling: { percent: null } }, refused: true },
  { name: 'percent beyond 32 bits', spec: { sampling: { percent: 4294967296 } }, refused: true },
  {
    name: 'a denominator that is null',
    spec: { sampling: { fraction: { numerator: 1, denominator: null } } },
  },
  {
    name: 'a fraction of zero of zero',
    spec: { sampling: { fraction: { numerator: 0, denominator: 0 } } },
    refused: true,
  },
  { name: 'limits that are null', spec: { bodies: { requestBytes: null, responseBytes: null } } },
  { name: 'bodies that are a list', spec: { bodies: [] }, refused: true },
  {
    name: 'redacted headers that begin alike',
    spec: redacting({ headers: [`${SAME_BEGINNING}a`, `${SAME_BEGINNING}b`] }),
  },
  { name: 'redacted headers that differ in case only', spec: redacting({ headers: ['x-a', 'X-A'] }) },
  { name: 'a redacted cookie with a blank', spec: redacting({ cookies: ['a b'] }), refused: true },
  {
    name: 'a redacted parameter with a line break at its end',
    spec: redacting({ queryParameters: ['a\n'] }),
  },
  {
    name: 'redacted parameters beyond ASCII',
    spec: redacting({ queryParameters: ['ü', SMILE, ' ', 'a+b', '%61', 'a[]'] }),
  },
  {
    name: 'too many redacted headers',
    spec: redacting({ headers: Array.from({ length: 65 }, (_, n) => `x-${n}`) }),
    refused: true,
  },
  { name: 'an empty roll-out policy', spec: { rolloutPolicy: '' }, refused: true },
];
