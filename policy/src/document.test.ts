import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorkload } from './compile.ts';
import { DOCUMENT_VERSION, DocumentError, parseDocument } from './document.ts';
import { policyOf } from './testing/policies.ts';

const DOCUMENT = compileWorkload({
  namespace: 'shop',
  workload: 'Deployment/cart',
  labels: {},
  containerPorts: [{ containerPort: 8080 }],
  policies: [
    policyOf({
      match: [
        {
          methods: ['GET'],
          hosts: ['a.example'],
          paths: [{ value: '/' }],
          headers: [
            { name: 'x-a', value: 'b' },
            { name: 'x-c', type: 'Absent' },
          ],
          statuses: [{ min: 200 }],
        },
      ],
    }),
  ],
}).document;

/** The document as JSON with one thing changed. */
function changed(path: readonly (string | number)[], value: unknown): string {
  const copy = JSON.parse(JSON.stringify(DOCUMENT)) as unknown;
  let place = copy as Record<string | number, unknown>;
  for (const name of path.slice(0, -1)) place = place[name] as typeof place;
  place[path.at(-1)!] = value;
  return JSON.stringify(copy);
}

test('a compiled document is read as it was written', () => {
  assert.deepEqual(parseDocument(JSON.stringify(DOCUMENT)), DOCUMENT);
});

test('fields that a later release added are passed over', () => {
  assert.deepEqual(parseDocument(changed(['frames'], 'Full')), DOCUMENT);
  assert.deepEqual(parseDocument(changed(['ports', '8080', 'frames'], 'Full')), DOCUMENT);
});

test('a document of a version that this release does not read says what to upgrade', () => {
  assert.throws(() => parseDocument(changed(['schemaVersion'], DOCUMENT_VERSION + 1)), {
    name: 'DocumentError',
    message: `the document has schema version ${DOCUMENT_VERSION + 1}, but this release reads 1 only: upgrade the sidecar`,
  });
});

const WRONG: readonly (readonly [text: string, message: RegExp])[] = [
  ['', /^the document is no JSON: /],
  ['{', /^the document is no JSON: /],
  ['null', /it should be an object, not null$/],
  ['[]', /it should be an object, not \[\]$/],
  ['{}', /kind should be Workload, not missing$/],
  [changed(['kind'], 'Tunnel'), /kind should be Workload, not "Tunnel"$/],
  [changed(['schemaVersion'], '1'), /schemaVersion should be a whole number from 1 on, not "1"$/],
  [changed(['schemaVersion'], 0), /schemaVersion should be a whole number from 1 on, not 0$/],
  [changed(['revision'], 7), /revision should be text, not 7$/],
  [changed(['revision'], ''), /revision should be 1 to 64 letters/],
  [changed(['revision'], 'x'.repeat(65)), /revision should be 1 to 64 letters/],
  [changed(['revision'], 'a\nb'), /revision should be 1 to 64 letters/],
  [deep('revision'), /revision should be text, not a list$/],
  [deep('__proto__'), /kind should be Workload, not missing$/],
  [changed(['ports'], JSON.parse('{"__proto__": {}}')), /"__proto__" in ports is no port number$/],
  [changed(['policies'], {}), /policies should be a list, not \{\}$/],
  [changed(['policies', 0, 'generation'], 1.5), /policies\[0\]\.generation should be a whole number/],
  [changed(['ports', '0'], DOCUMENT.otherPorts), /"0" in ports is no port number$/],
  [changed(['ports', 'http'], DOCUMENT.otherPorts), /"http" in ports is no port number$/],
  [changed(['ports', '65536'], DOCUMENT.otherPorts), /"65536" in ports is no port number$/],
  [changed(['ports', '8080', 'protocol'], 'UDP'), /ports\.8080\.protocol should be HTTP or TCP, not "UDP"$/],
  [changed(['ports', '8080', 'capture'], 'yes'), /ports\.8080\.capture should be true or false, not "yes"$/],
  [changed(['ports', '8080', 'policy'], undefined), /ports\.8080\.policy should be text, not missing$/],
  [
    changed(['ports', '8080', 'match', 0, 'paths', 0, 'type'], 'Regex'),
    /match\[0\]\.paths\[0\]\.type should be Exact or Prefix/,
  ],
  [
    changed(['ports', '8080', 'match', 0, 'methods'], ['GET', 1]),
    /match\[0\]\.methods\[1\] should be text, not 1$/,
  ],
  [
    changed(['otherPorts', 'sampling', 'denominator'], 0),
    /otherPorts\.sampling\.denominator should be a whole number from 1/,
  ],
  [
    changed(['otherPorts', 'requestBodyBytes'], -1),
    /requestBodyBytes should be a whole number from 0 on, not -1$/,
  ],
  [changed(['otherPorts', 'redaction'], null), /otherPorts\.redaction should be an object, not null$/],
];

for (const [text, message] of WRONG) {
  test(`a document is refused with the sentence ${message.source}`, () => {
    assert.throws(
      () => parseDocument(text),
      (error) => {
        assert.ok(error instanceof DocumentError);
        assert.match(error.message, message);
        return true;
      },
    );
  });
}

/** Nested more deeply than what calls itself can follow. */
function deep(name: string): string {
  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  return name === '__proto__'
    ? `{"__proto__":${nested}}`
    : changed(['revision'], 'here').replace('"here"', nested);
}
