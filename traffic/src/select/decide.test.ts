import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileRules } from './compile.ts';
import { selectExchange } from './decide.ts';
import type { PortRules } from './rules.ts';
import { requestOf } from './testing/head.ts';

const ID = { id0: 1, id1: 2, id2: 3, id3: 4 };
const SERVER_ERRORS = { statuses: [{ min: 500, max: 599 }] };

function select(more: Partial<PortRules>, request = requestOf('GET /', 'Host: h'), status?: number) {
  const rules: PortRules = {
    protocol: 'HTTP',
    policy: null,
    capture: true,
    match: [],
    exclude: [],
    excludeProbes: false,
    sampling: { numerator: 1, denominator: 1 },
    requestBodyBytes: 1,
    responseBodyBytes: 1,
    redaction: { headers: [], cookies: [], queryParameters: [] },
    ...more,
  };
  return selectExchange(compileRules(rules), request, ID, status);
}

test('without rules everything is kept', () => {
  assert.equal(select({}), 'keep');
});

test('nothing is kept of a port that is not captured or not parsed', () => {
  assert.equal(select({ capture: false }), 'port');
  assert.equal(select({ protocol: 'TCP' }), 'port');
});

test("the kubelet's probes are left out when asked for, whatever the case of the field name", () => {
  const probe = requestOf('GET /healthz', 'uSER-aGENT: kube-probe/1.34');
  assert.equal(select({ excludeProbes: true }, probe), 'probe');
  assert.equal(select({ excludeProbes: false }, probe), 'keep');
  assert.equal(select({ excludeProbes: true }, requestOf('GET /', 'User-Agent: my-kube-probe/1')), 'keep');
  assert.equal(select({ excludeProbes: true }, requestOf('GET /', 'X-Agentname: kube-probe/1')), 'keep');
});

test('one match of several is enough, and an exclusion wins over it', () => {
  const get = { methods: ['GET'] };
  const post = { methods: ['POST'] };
  assert.equal(select({ match: [post, get] }), 'keep');
  assert.equal(select({ match: [post] }), 'match');
  assert.equal(select({ match: [get], exclude: [get] }), 'exclude');
});

test('a decision waits for the status only where it depends on it', () => {
  const get = { methods: ['GET'] };
  assert.equal(select({ match: [SERVER_ERRORS] }), 'undecided');
  assert.equal(select({ match: [SERVER_ERRORS, get] }), 'keep');
  assert.equal(select({ exclude: [SERVER_ERRORS] }), 'undecided');
  assert.equal(select({ exclude: [SERVER_ERRORS, get] }), 'exclude');
  assert.equal(select({ match: [{ methods: ['POST'] }], exclude: [SERVER_ERRORS] }), 'match');
});

test('the status decides what waited for it, and so does the lack of one', () => {
  assert.deepEqual(
    [503, 200, 0].map((status) => select({ match: [SERVER_ERRORS] }, undefined, status)),
    ['keep', 'match', 'match'],
  );
  assert.deepEqual(
    [503, 200, 0].map((status) => select({ exclude: [SERVER_ERRORS] }, undefined, status)),
    ['exclude', 'keep', 'keep'],
  );
});

test('what sampling leaves out does not wait for a status', () => {
  const none = { numerator: 0, denominator: 1 };
  assert.equal(select({ sampling: none, match: [SERVER_ERRORS] }), 'sampling');
  assert.equal(select({ sampling: none, match: [{ methods: ['POST'] }] }), 'match');
});
