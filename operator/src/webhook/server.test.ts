import { systemClock } from '@culvert/runtime/clock';
import { createLogger } from '@culvert/runtime/log';
import { deepEqual, equal, match, notEqual } from 'node:assert/strict';
import { Agent, request } from 'node:https';
import { text } from 'node:stream/consumers';
import { after, before, test } from 'node:test';
import { Registry } from 'prom-client';
import type { Issued } from '../certificates/issue.ts';
import { issueLastingAuthority, issueLastingServing } from '../certificates/testing/any-day.ts';
import type { AdmissionLookups } from '../inject/admit.ts';
import type { AdmissionReview } from '../inject/review.ts';
import { NO_LIMITS } from '../inject/fit/namespace-limits.ts';
import { DEPLOYMENT_METADATA, someSettings } from '../inject/testing/pods.ts';
import { noTracing, type Tracing } from '@culvert/runtime/tracing/tracing';
import { createWebhookMetrics } from './metrics.ts';
import { startWebhook, type WebhookServer } from './server.ts';

const registry = new Registry();
const spans: (readonly [string, unknown])[] = [];
const tracing: Tracing = {
  ...noTracing,
  span: (name, _attributes, work) => work({ set: (key, value) => spans.push([`${name} ${key}`, value]) }),
};
let authority: Issued;
let webhook: WebhookServer;
let agent: Agent;
let labelsOf: AdmissionLookups['namespaceLabels'] = () => ({ 'culvert.dev/inject': 'enabled' });

before(async () => {
  authority = await issueLastingAuthority();
  agent = new Agent({ keepAlive: true, ca: authority.certificate });
  webhook = await startWebhook({
    host: '127.0.0.1',
    port: 0,
    lookups: {
      namespaceLabels: (namespace) => labelsOf(namespace),
      readNamespaceLabels: () => Promise.resolve({}),
      policies: () => ({ policies: [] }),
      limits: () => Promise.resolve(NO_LIMITS),
      pullProblem: () => Promise.resolve(undefined),
    },
    settings: someSettings(),
    metrics: createWebhookMetrics(registry),
    tracing,
    clock: systemClock,
    log: createLogger('test', 'fatal'),
    notify: () => undefined,
  });
  webhook.serve(await issueLastingServing(authority));
});

after(async () => {
  agent.destroy();
  await webhook.close();
});

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly fingerprint: string;
}

function send(
  body: string,
  options: { path?: string; method?: string; type?: string; agent?: Agent } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: webhook.port,
        path: options.path ?? '/inject',
        method: options.method ?? 'POST',
        headers: { 'content-type': options.type ?? 'application/json' },
        agent: options.agent ?? agent,
      },
      (response) => {
        const { fingerprint256 } = (
          response.socket as unknown as { getPeerCertificate(): { fingerprint256: string } }
        ).getPeerCertificate();
        text(response).then((said) => {
          resolve({ status: response.statusCode ?? 0, body: said, fingerprint: fingerprint256 });
        }, reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function review(pod: object = {}): string {
  const object = {
    metadata: DEPLOYMENT_METADATA,
    spec: { containers: [{ name: 'app', ports: [{ containerPort: 8080 }] }], ...pod },
  };
  return JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: { uid: 'u-1', namespace: 'shop', operation: 'CREATE', resource: { resource: 'pods' }, object },
  });
}

function responseOf({ body }: Answer): AdmissionReview['response'] {
  return (JSON.parse(body) as AdmissionReview).response;
}

test('a review is answered with a patch', async () => {
  const answer = await send(review());

  equal(answer.status, 200);
  deepEqual(
    [responseOf(answer).uid, responseOf(answer).allowed, responseOf(answer).patchType],
    ['u-1', true, 'JSONPatch'],
  );
});

test('an admission is a span that says what was decided', async () => {
  spans.length = 0;

  await send(review());

  deepEqual(spans, [
    ['admit culvert.admission.decision', 'injected'],
    ['admit culvert.admission.reason', 'Redirect'],
  ]);
});

test('a review of more than 3 MiB is answered', async () => {
  const answer = await send(review({ hostname: 'x'.repeat(3 * 1024 * 1024 + 1) }));

  equal(answer.status, 200);
  equal(responseOf(answer).allowed, true);
});

test('a body beyond all bounds is refused before it has been read', async () => {
  const answer = await send('x'.repeat(9 * 1024 * 1024)).catch((error: unknown) => String(error));

  // The server hangs up while the client is still sending, so that it may miss the answer.
  if (typeof answer === 'string') match(answer, /EPIPE|ECONNRESET/);
  else equal(answer.status, 413);
});

const REFUSED: readonly [string, string, Parameters<typeof send>[1], number][] = [
  ['another path', review(), { path: '/other' }, 404],
  ['another method', '', { method: 'GET' }, 405],
  ['another content type', review(), { type: 'text/plain' }, 415],
  ['a body that is not JSON', '{', {}, 400],
  ['a body that is no review', '{"kind":"Pod"}', {}, 400],
  ['a review without a request', '{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1"}', {}, 400],
];

for (const [what, body, options, status] of REFUSED) {
  test(`${what} is refused with status ${status}, and the webhook goes on`, async () => {
    const answer = await send(body, options);
    const next = await send(review());

    deepEqual([answer.status, next.status], [status, 200]);
  });
}

const FAULTS: readonly [string, string][] = [
  ['containers that are no list', review({ containers: 'none' })],
  ['ports that are no list', review({ containers: [{ name: 'app', ports: 7 }] })],
  ['a container that is null', review({ containers: [null] })],
];

for (const [what, body] of FAULTS) {
  test(`a pod with ${what} is allowed unchanged, for the API server to judge`, async () => {
    const answer = await send(body);

    equal(answer.status, 200);
    deepEqual([responseOf(answer).allowed, responseOf(answer).patch], [true, undefined]);
  });
}

test('A7: a fault within lets the pod pass, with a warning, and is counted', async () => {
  const before = labelsOf;
  labelsOf = () => {
    throw new Error('the cache broke');
  };

  const answer = await send(review());
  labelsOf = before;

  deepEqual([responseOf(answer).allowed, responseOf(answer).patch], [true, undefined]);
  match(responseOf(answer).warnings?.[0] ?? '', /culvert: not injected \(Fault\)/);
  match(await registry.metrics(), /admissions_total\{decision="failed",reason="Fault"\} [1-9]/);
});

test('A15: a new certificate is served without a restart while requests run, and none of them fails', async () => {
  const fresh = new Agent({ keepAlive: false, ca: authority.certificate });
  const before = await send(review(), { agent: fresh });
  let changed = false;
  const answers: Answer[] = [];
  const load = async (): Promise<void> => {
    for (let left = 20; left > 0;) {
      answers.push(...(await Promise.all([send(review()), send(review(), { agent: fresh })])));
      if (changed) left--;
    }
  };

  const loads = [load(), load()];
  webhook.serve(await issueLastingServing(authority));
  changed = true;
  await Promise.all(loads);

  deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  const after = await send(review(), { agent: fresh });
  notEqual(after.fingerprint, before.fingerprint);
  const kept = await send(review());
  equal(kept.status, 200);
  fresh.destroy();
});
