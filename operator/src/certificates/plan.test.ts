import { equal, deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import {
  planCertificates,
  shouldServe,
  type CertificateFacts,
  type CertificateState,
  type SecretFacts,
} from './plan.ts';

const DAY = 86_400_000;
const OLD: CertificateFacts = { fingerprint: 'old', notBefore: 0, notAfter: 300 * DAY };
const NEW: CertificateFacts = { fingerprint: 'new', notBefore: 200 * DAY, notAfter: 500 * DAY };
const SERVING = {
  fingerprint: 'serving',
  notBefore: 0,
  notAfter: 90 * DAY,
  names: ['webhook.svc'],
  issuer: 'old',
};
const SECRET: SecretFacts = { authorities: [OLD], authorityKeyFits: true, serving: SERVING };

function actionFor(changes: Partial<CertificateState>, secret: Partial<SecretFacts> = {}): string {
  const state = { now: DAY, names: ['webhook.svc'], trustedForMs: DAY, secret: { ...SECRET, ...secret } };
  return planCertificates({ ...state, ...changes }).action;
}

const PLANS: readonly [string, Partial<CertificateState>, Partial<SecretFacts>, string][] = [
  ['fresh certificates need nothing', {}, {}, 'none'],
  ['a missing Secret is made', { secret: undefined }, {}, 'begin'],
  ['a Secret without an authority is made anew', {}, { authorities: [] }, 'begin'],
  ['a key that does not fit its authority makes everything anew', {}, { authorityKeyFits: false }, 'begin'],
  ['an expired authority makes everything anew', { now: 300 * DAY }, {}, 'begin'],
  ['a missing or broken certificate is issued', {}, { serving: undefined }, 'issue'],
  ['a certificate of somebody else is replaced', {}, { serving: { ...SERVING, issuer: undefined } }, 'issue'],
  ['a certificate is kept until two thirds of its life are over', { now: 60 * DAY - 1 }, {}, 'none'],
  ['a certificate is replaced after two thirds of its life', { now: 60 * DAY }, {}, 'issue'],
  [
    'a certificate without one of the names is replaced',
    { names: ['webhook.svc', 'other.svc'] },
    {},
    'issue',
  ],
  [
    'an authority is kept until two thirds of its life are over',
    { now: 200 * DAY - 1 },
    { serving: { ...SERVING, notBefore: 199 * DAY, notAfter: 289 * DAY } },
    'none',
  ],
  [
    'an authority gets a successor after two thirds of its life',
    { now: 200 * DAY },
    { serving: { ...SERVING, notBefore: 199 * DAY, notAfter: 289 * DAY } },
    'add-authority',
  ],
];

for (const [title, changes, secret, action] of PLANS) {
  test(title, () => {
    equal(actionFor(changes, secret), action);
  });
}

const SUCCEEDED: Partial<SecretFacts> = {
  authorities: [NEW, OLD],
  serving: { ...SERVING, notBefore: 190 * DAY, notAfter: 280 * DAY },
};

test('A15: nothing is signed by a new authority before API servers have trusted it for a while', () => {
  const actions = [undefined, 0, 9_999, 10_000].map((trustedForMs) =>
    actionFor({ now: 201 * DAY, trustedForMs }, SUCCEEDED),
  );

  deepEqual(actions, ['none', 'none', 'none', 'issue']);
});

test('a certificate that has expired is replaced without waiting for trust', () => {
  equal(actionFor({ now: 280 * DAY, trustedForMs: undefined }, SUCCEEDED), 'issue');
});

test('an authority goes when it has expired, and its successor stays', () => {
  const serving = { ...SERVING, issuer: 'new', notBefore: 290 * DAY, notAfter: 380 * DAY };
  const state = { now: 301 * DAY, names: ['webhook.svc'], trustedForMs: DAY };

  const plan = planCertificates({ ...state, secret: { ...SECRET, authorities: [NEW, OLD], serving } });

  deepEqual(plan.action === 'prune' && plan.keep, ['new']);
});

test('A15: a replica serves a new certificate once it is trusted, and at once when it has none', () => {
  const offered = { fingerprint: 'b', notBefore: 0, notAfter: 90 * DAY };
  const served = { fingerprint: 'a', notBefore: 0, notAfter: 80 * DAY };
  const choose = (changes: Partial<Parameters<typeof shouldServe>[0]>): boolean =>
    shouldServe({ now: DAY, offered, served, trustedForMs: 10_000, ...changes });

  equal(choose({}), true);
  equal(choose({ trustedForMs: undefined }), false);
  equal(choose({ trustedForMs: 9_999 }), false);
  equal(choose({ trustedForMs: undefined, served: undefined }), true);
  equal(choose({ trustedForMs: undefined, now: 80 * DAY }), true);
  equal(choose({ served: offered }), false);
  equal(choose({ offered: undefined, served: undefined }), false);
  equal(choose({ now: 90 * DAY, served: undefined }), false);
});
