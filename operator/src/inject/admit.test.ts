import { parseDocument } from '@culvert/policy/document';
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import { admit, type AdmissionLookups } from './admit.ts';
import { examinePod } from './examine.ts';
import { NO_LIMITS, type NamespaceLimits } from './fit/namespace-limits.ts';
import type { PatchOperation } from './json-patch.ts';
import type { PodManifest } from './pod.ts';
import type { AdmissionRequest, AdmissionReview } from './review.ts';
import { applyPatch } from './testing/apply-patch.ts';
import { DEPLOYMENT_METADATA, someSettings } from './testing/pods.ts';

const POD: PodManifest = {
  metadata: DEPLOYMENT_METADATA,
  spec: { containers: [{ name: 'app', ports: [{ name: 'http', containerPort: 8080 }] }] },
};

const LABELLED: AdmissionLookups = {
  namespaceLabels: () => ({ 'culvert.dev/inject': 'enabled' }),
  readNamespaceLabels: () => Promise.reject(new Error('not asked')),
  policies: () => ({ policies: [] }),
  limits: () => Promise.resolve(NO_LIMITS),
  pullProblem: () => Promise.resolve(undefined),
};

function request(object: PodManifest, changes: Partial<AdmissionRequest> = {}): AdmissionRequest {
  return {
    uid: 'u-1',
    namespace: 'shop',
    operation: 'CREATE',
    resource: 'pods',
    dryRun: false,
    object,
    ...changes,
  };
}

function patchOf(review: AdmissionReview): readonly PatchOperation[] {
  const { patch } = review.response;
  return patch === undefined ? [] : (JSON.parse(Buffer.from(patch, 'base64').toString()) as PatchOperation[]);
}

test('an admitted pod carries its workload, its key and its compiled policies', async () => {
  const { review, decision, reason } = await admit(request(POD), LABELLED, someSettings());

  deepEqual([decision, reason], ['injected', 'Redirect']);
  const annotations = applyPatch(POD, patchOf(review)).metadata?.annotations ?? {};
  match(annotations['culvert.dev/config-key'] ?? '', /^workload\.shop\.Deployment\.web\.[0-9a-f]{8}$/);
  const document = parseDocument(annotations['culvert.dev/config'] ?? '');
  deepEqual([document.workload, Object.keys(document.ports)], ['Deployment/web', ['8080']]);
});

test('a pod that a policy may select which cannot be read is injected with rules that capture nothing', async () => {
  const ahead = { metadata: { namespace: 'shop', name: 'ahead' }, selector: undefined };
  const lookups = { ...LABELLED, policies: () => ({ policies: [], unreadable: [ahead] }) };

  const { review, decision } = await admit(request(POD), lookups, someSettings());

  equal(decision, 'injected');
  const annotations = applyPatch(POD, patchOf(review)).metadata?.annotations ?? {};
  const { ports, otherPorts } = parseDocument(annotations['culvert.dev/config'] ?? '');
  deepEqual(
    [...Object.values(ports), otherPorts].map(({ capture, policy }) => [capture, policy]),
    Array(2).fill([false, 'shop/ahead']),
  );
});

test('A8: reviewing an injected pod again gives no patch', async () => {
  const { review } = await admit(request(POD), LABELLED, someSettings());

  const again = await admit(request(applyPatch(POD, patchOf(review))), LABELLED, someSettings());

  equal(again.reason, 'AlreadyInjected');
  deepEqual(again.review.response, { uid: 'u-1', allowed: true });
});

test('the annotation of a pod leaves ports out', async () => {
  const annotations = { 'culvert.dev/exclude-ports': 'http' };
  const pod = { ...POD, metadata: { ...DEPLOYMENT_METADATA, annotations } };

  const { reason } = await admit(request(pod), LABELLED, someSettings());

  equal(reason, 'NoPorts');
});

test('labels of a namespace that are not known yet are asked for', async () => {
  const fresh: AdmissionLookups = {
    ...LABELLED,
    namespaceLabels: () => ({}),
    readNamespaceLabels: () => Promise.resolve({ 'culvert.dev/inject': 'enabled' }),
  };

  const { decision } = await admit(request(POD), fresh, someSettings());

  equal(decision, 'injected');
});

test('A5: a refusal that its author should know of is told with the owner of the pod', async () => {
  const pod = { ...POD, spec: { ...POD.spec, hostNetwork: true } };

  const { review, notice } = await admit(request(pod), LABELLED, someSettings());

  deepEqual(patchOf(review), []);
  deepEqual(
    [notice?.namespace, notice?.pod, notice?.owner?.kind, notice?.reason],
    ['shop', 'web-5d9c7b8f4d-', 'ReplicaSet', 'HostNetwork'],
  );
  match(review.response.warnings?.[0] ?? '', /^culvert: not injected \(HostNetwork\): .* remove hostNetwork/);
});

test('A11: a pod that Pod Security will refuse is told of, for whoever makes it sees no warnings', async () => {
  const lookups: AdmissionLookups = {
    ...LABELLED,
    namespaceLabels: () => ({
      'culvert.dev/inject': 'enabled',
      'pod-security.kubernetes.io/enforce': 'baseline',
    }),
  };

  const { notice } = await admit(request(POD), lookups, someSettings({ mode: 'Redirect' }));

  equal(notice?.reason, 'PodSecurity');
  match(notice.message, /set the installation's injection mode to auto/);
});

test('a pod whose namespace has no room for the sidecar is left alone, which an Event and an annotation tell', async () => {
  const max = { cpu: '1', memory: '32Mi' };
  const small: NamespaceLimits = {
    ranges: [{ metadata: { name: 'small' }, spec: { limits: [{ type: 'Container', max, default: max }] } }],
    quotas: [],
  };
  const lookups: AdmissionLookups = { ...LABELLED, limits: () => Promise.resolve(small) };

  const { review, decision, notice } = await admit(request(POD), lookups, someSettings());
  const made = applyPatch(POD, patchOf(review));

  deepEqual([decision, notice?.reason], ['not_injected', 'LimitRange']);
  match(notice?.message ?? '', /LimitRange small leaves no room for memory of culvert-sidecar/);
  deepEqual(made.spec, POD.spec);
  match(made.metadata?.annotations?.['culvert.dev/not-injected'] ?? '', /^LimitRange: LimitRange small/);
  const surroundings = {
    namespace: 'shop',
    namespaceLabels: { 'culvert.dev/inject': 'enabled' },
    policies: [],
  };
  const { decision: later } = examinePod(made, surroundings, someSettings());
  equal(later.inject ? '' : later.reason, 'LimitRange');
});

test('a pod is told of the copies of pull Secrets beside its own, or left alone where they can’t be made', async () => {
  const settings = someSettings({ pullSecrets: ['registry'] });
  const pod = { ...POD, spec: { ...POD.spec, imagePullSecrets: [{ name: 'own' }] } };
  const failing: AdmissionLookups = { ...LABELLED, pullProblem: () => Promise.resolve('there is none') };

  const { review } = await admit(request(pod), LABELLED, settings);
  const refused = await admit(request(pod), failing, settings);

  deepEqual(applyPatch(pod, patchOf(review)).spec?.imagePullSecrets, [
    { name: 'own' },
    { name: 'culvert-pull-registry' },
  ]);
  deepEqual([refused.reason, refused.notice?.message], ['PullSecret', 'there is none']);
});

test('a copy of a pod that was left alone is judged anew', async () => {
  const annotations = { 'culvert.dev/not-injected': 'LimitRange: it was small' };
  const copy = { ...POD, metadata: { ...DEPLOYMENT_METADATA, annotations } };

  const { review, decision } = await admit(request(copy), LABELLED, someSettings());

  equal(decision, 'injected');
  equal(applyPatch(copy, patchOf(review)).metadata?.annotations?.['culvert.dev/not-injected'], undefined);
});

test('a dry run tells nobody', async () => {
  const pod = { ...POD, spec: { ...POD.spec, hostNetwork: true } };

  const { review, notice } = await admit(request(pod, { dryRun: true }), LABELLED, someSettings());

  equal(notice, undefined);
  ok(review.response.warnings);
});

test('what is no new pod is allowed as it is', async () => {
  const { review, reason } = await admit(request(POD, { operation: 'UPDATE' }), LABELLED, someSettings());

  equal(reason, 'NotAPod');
  deepEqual(review.response, { uid: 'u-1', allowed: true });
});
