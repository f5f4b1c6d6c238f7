import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { test } from 'node:test';
import type { Container, PodManifest } from '../pod.ts';
import { fitResources, type OurResources } from './fit.ts';
import type { LimitRange, NamespaceLimits } from './namespace-limits.ts';

type Item = NonNullable<NonNullable<LimitRange['spec']>['limits']>[number];

const WANTED: OurResources = {
  sidecar: { requests: { cpu: '10m', memory: '96Mi' }, limits: { memory: '256Mi' } },
  redirect: { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '128Mi' } },
};

function limits(...items: readonly Item[]): NamespaceLimits {
  return { ranges: [{ metadata: { name: 'range' }, spec: { limits: items } }], quotas: [] };
}

function pod(resources?: Container['resources'], whole?: Container['resources']): PodManifest {
  return { spec: { containers: [{ name: 'app', resources }], ...(whole && { resources: whole }) } };
}

/** What a table says about a container: CPU and memory as request/limit. */
function short({ requests = {}, limits: most = {} }: OurResources['sidecar']): string {
  const of = (name: string): string => `${requests[name] ?? '-'}/${most[name] ?? '-'}`;
  return `${of('cpu')} ${of('memory')}`;
}

const FITTING: readonly [string, NamespaceLimits, PodManifest, string, string][] = [
  ['nothing is limited', limits(), pod(), '10m/- 96Mi/256Mi', '10m/- 64Mi/128Mi'],
  [
    'a maximum that is met still asks for a limit',
    limits({
      type: 'Container',
      max: { cpu: '500m', memory: '512Mi' },
      default: { cpu: '200m', memory: '128Mi' },
    }),
    pod(),
    '10m/500m 96Mi/256Mi',
    '10m/500m 64Mi/128Mi',
  ],
  [
    'a small maximum',
    limits({
      type: 'Container',
      max: { cpu: '100m', memory: '128Mi' },
      default: { cpu: '100m', memory: '128Mi' },
    }),
    pod(),
    '10m/100m 96Mi/128Mi',
    '10m/100m 64Mi/128Mi',
  ],
  [
    'a minimum raises requests, and limits where they are less',
    limits({
      type: 'Container',
      min: { cpu: '50m', memory: '300Mi' },
      defaultRequest: { cpu: '50m', memory: '300Mi' },
    }),
    pod(),
    '50m/- 300Mi/300Mi',
    '50m/- 300Mi/300Mi',
  ],
  [
    'a default would slow the sidecar down, so a limit that is enough is named',
    limits({ type: 'Container', default: { cpu: '60m' }, defaultRequest: { cpu: '60m' } }),
    pod(),
    '10m/200m 96Mi/256Mi',
    '10m/200m 64Mi/128Mi',
  ],
  [
    'a ratio lowers limits first and raises requests then',
    limits({ type: 'Container', maxLimitRequestRatio: { cpu: '2', memory: '1' } }),
    pod(),
    '100m/200m 128Mi/128Mi',
    '100m/200m 64Mi/64Mi',
  ],
  [
    'several ranges are all met',
    {
      ranges: [
        ...limits({ type: 'Container', max: { cpu: '1' }, default: { cpu: '1' } }).ranges,
        ...limits({ type: 'Container', max: { cpu: '300m' }, default: { cpu: '300m' } }).ranges,
      ],
      quotas: [],
    },
    pod(),
    '10m/300m 96Mi/256Mi',
    '10m/300m 64Mi/128Mi',
  ],
  [
    'a maximum of the pod leaves what the application leaves',
    limits({ type: 'Pod', max: { cpu: '1', memory: '512Mi' } }),
    pod({ limits: { cpu: '700m', memory: '384Mi' } }),
    '10m/- 96Mi/128Mi',
    '10m/- 64Mi/128Mi',
  ],
  [
    'a ratio of the pod',
    limits({ type: 'Pod', maxLimitRequestRatio: { memory: '1' } }),
    pod({ requests: { memory: '64Mi' }, limits: { memory: '64Mi' } }),
    '10m/- 128Mi/128Mi',
    '10m/- 64Mi/128Mi',
  ],
  [
    'a quota that counts limits has them named',
    { ranges: [], quotas: [{ metadata: { name: 'q' }, spec: { hard: { 'limits.cpu': '4' } } }] },
    pod({ limits: { cpu: '1' } }),
    '10m/200m 96Mi/256Mi',
    '10m/200m 64Mi/128Mi',
  ],
];

for (const [title, namespace, app, sidecar, redirect] of FITTING) {
  test(title, () => {
    const fit = fitResources(app, WANTED, namespace);

    ok(fit.fits);
    deepEqual([short(fit.sidecar), short(fit.redirect ?? {})], [sidecar, redirect]);
  });
}

test('without anything in the way, resources stay as they are written', () => {
  const wanted = { sidecar: { limits: { cpu: '1000m' } }, redirect: undefined };

  const fit = fitResources(pod(), wanted, limits());

  deepEqual(fit, { fits: true, ...wanted });
});

const TOO_TIGHT: readonly [string, NamespaceLimits, PodManifest, RegExp][] = [
  [
    'a maximum that the sidecar cannot run with',
    limits({ type: 'Container', max: { memory: '32Mi' }, default: { memory: '32Mi' } }),
    pod(),
    /LimitRange range leaves no room for memory of culvert-sidecar, which takes 96Mi at least/,
  ],
  [
    'a pod that uses all that pods may have',
    limits({ type: 'Pod', max: { cpu: '1' } }),
    pod({ limits: { cpu: '1' }, requests: { cpu: '1' } }),
    /no room for cpu of culvert-sidecar/,
  ],
  [
    'a pod whose own budget has no room for the defaults of the namespace',
    limits({ type: 'Container', default: { memory: '128Mi' }, defaultRequest: { memory: '128Mi' } }),
    pod(
      { requests: { memory: '64Mi' }, limits: { memory: '64Mi' } },
      { requests: { memory: '64Mi' }, limits: { memory: '64Mi' } },
    ),
    /no room for memory/,
  ],
];

for (const [title, namespace, app, message] of TOO_TIGHT) {
  test(`no resources are found for ${title}`, () => {
    const wanted = app.spec?.resources == null ? WANTED : { sidecar: {}, redirect: {} };

    const fit = fitResources(app, wanted, namespace);

    equal(fit.fits, false);
    match(fit.message, message);
  });
}
