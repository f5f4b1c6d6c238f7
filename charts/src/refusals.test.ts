import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EMBEDDED, EXTERNAL } from './testing/combinations.ts';
import { render, renderText, type Values } from './testing/helm.ts';

/** Values that the schema refuses, each with what is said about it. */
const REFUSED: readonly (readonly [Values, RegExp])[] = [
  [{ orchestrator: { replcas: 2 } }, /at '\/orchestrator': additional properties 'replcas' not allowed/],
  [{ sidecar: {} }, /additional properties 'sidecar' not allowed/],
  [{ operator: { replicas: 'two' } }, /at '\/operator\/replicas': got string, want integer/],
  [{ logLevel: 'loud' }, /at '\/logLevel': value must be one of 'fatal', 'error'/],
  [
    { webhook: { failurePolicy: 'ignore' } },
    /at '\/webhook\/failurePolicy': value must be one of 'Ignore', 'Fail'/,
  ],
  [{ webhook: { timeoutSeconds: 31 } }, /at '\/webhook\/timeoutSeconds': maximum: got 31, want 30/],
  [
    { nats: { url: 'nats://user:password@host:4222' } },
    /at '\/nats\/url': 'nats:\/\/user.* does not match pattern/,
  ],
  [
    { node: { resources: { limit: {} } } },
    /at '\/node\/resources': additional properties 'limit' not allowed/,
  ],
  [{ operator: { env: { lower: 'x' } } }, /at '\/operator\/env': additional properties 'lower' not allowed/],
];

for (const [values, said] of REFUSED) {
  test(`values ${JSON.stringify(values)} are refused with their place`, async () => {
    await assert.rejects(render({ ...EMBEDDED, ...values }), said);
  });
}

test('without embedded services, all that is missing is said at once, with what to set', async () => {
  await assert.rejects(
    render({}),
    /set postgres\.existingSecret to a Secret[^]*set nats\.url to nats:\/\/host:4222[^]*set nats\.existingSecret to a Secret[^]*/,
  );
});

/** Values that each make sense and together don't. */
const CONTRADICTIONS: readonly (readonly [Values, RegExp])[] = [
  [{ ...EMBEDDED, nats: { url: 'nats://a:4222' } }, /nats\.url is set although embedded\.enabled/],
  [{ ...EMBEDDED, nats: { credentials: 'Token' } }, /set nats\.credentials=Password/],
  [
    { ...EXTERNAL, webhook: { certificates: { mode: 'Supplied' } } },
    /set webhook\.certificates\.existingSecret[^]*set webhook\.certificates\.caBundle/,
  ],
  [
    { ...EXTERNAL, webhook: { certificates: { caBundle: 'eA==' } } },
    /used with mode Supplied only, and mode is Managed/,
  ],
  [
    { ...EXTERNAL, webhook: { certificates: { issuerRef: { name: 'x' } } } },
    /used with mode CertManager only, and mode is Managed/,
  ],
];

for (const [values, said] of CONTRADICTIONS) {
  test(`the contradiction in ${JSON.stringify(values)} is named with what to set`, async () => {
    await assert.rejects(render(values), said);
  });
}

test('an installation into kube-system is refused', async () => {
  await assert.rejects(
    renderText(EMBEDDED, ['--namespace', 'kube-system']),
    /does not belong into kube-system/,
  );
});
