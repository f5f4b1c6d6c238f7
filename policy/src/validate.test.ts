import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_RULES } from './port-rules.ts';
import { validateResource } from './validate.ts';

function problemsOf(spec: unknown, more: object = {}): readonly string[] {
  const validation = validateResource({
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: { name: 'cart', namespace: 'shop' },
    spec,
    ...more,
  });
  return validation.ok ? [] : validation.problems;
}

test('every mistake is told at once, each with its place', () => {
  const spec = { probes: 'Yes', sampling: { percent: 101 }, bodies: { requestBytes: '1Mi' }, ports: [{}] };

  assert.deepEqual(problemsOf(spec, { metadata: { name: 'cart', label: {} } }).toSorted(), [
    'metadata.label is unknown; write labels or annotations for what is your own',
    'spec.bodies.requestBytes is "1Mi" and should be a whole number',
    'spec.ports[0].port is required',
    'spec.probes is "Yes"; write Exclude or Capture',
    'spec.sampling.percent is 101; write a number from 0 to 100',
  ]);
});

test('an unknown field is told with those that are known there', () => {
  assert.deepEqual(problemsOf({ bodies: { bytes: 1 } }), [
    'spec.bodies.bytes is unknown; known here are requestBytes, responseBytes',
  ]);
});

test('values that are too long, too many or repeated are told with what fits', () => {
  assert.deepEqual(problemsOf({ match: [{ methods: [] }] }), [
    'spec.match[0].methods has 0 items; write from 1 to 32',
  ]);
  assert.deepEqual(problemsOf({ redaction: { cookies: [''] } }), [
    'spec.redaction.cookies[0] is ""; write from 1 to 256 characters',
  ]);
  assert.deepEqual(problemsOf({ excludePorts: [80, 80] }), [
    'spec.excludePorts[1] repeats 80: remove one of them',
  ]);
});

test('places in maps stand in brackets where their keys are no words', () => {
  assert.match(
    problemsOf({ selector: { matchLabels: { 'a.b/c': 'd e' } } })[0] ?? '',
    /^spec\.selector\.matchLabels\[a\.b\/c\] is "d e": label values consist/,
  );
});

test('long values are quoted in part', () => {
  const [problem = ''] = problemsOf({ probes: 'x'.repeat(5_000) });

  assert.ok(problem.length < 200, problem);
});

test('what is no resource of this kind is told in one sentence', () => {
  const verdicts = [undefined, null, 'text', [], {}].map(validateResource);

  assert.ok(verdicts.every((verdict) => !verdict.ok && verdict.problems.length > 0));
  assert.deepEqual(problemsOf({}, { kind: 'Policy', apiVersion: 'v1' }), [
    'kind is "Policy"; write CapturePolicy',
    'apiVersion is "v1"; write culvert.dev/v1alpha1',
  ]);
  assert.deepEqual(problemsOf(undefined), [
    'spec is required; write spec: {} to capture every pod with the defaults',
  ]);
});

test('the defaults of the definition are those of ports that no policy covers', () => {
  const validation = validateResource({
    apiVersion: 'culvert.dev/v1alpha1',
    kind: 'CapturePolicy',
    metadata: { name: 'cart' },
    spec: {},
  });

  assert.ok(validation.ok);
  const { bodies, probes } = validation.policy.spec;
  assert.deepEqual(
    [bodies.requestBytes, bodies.responseBytes, probes === 'Exclude'],
    [DEFAULT_RULES.requestBodyBytes, DEFAULT_RULES.responseBodyBytes, DEFAULT_RULES.excludeProbes],
  );
  assert.equal(validation.policy.metadata.namespace, 'default');
});
