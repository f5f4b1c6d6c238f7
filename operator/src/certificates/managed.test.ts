import { createLogger } from '@culvert/runtime/log';
import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { fingerprintsOf, inspectSecret } from './inspect.ts';
import { createManagedCertificates } from './managed.ts';
import type { CertificateSource, KeyAndCertificate } from './source.ts';
import { memoryStore, type MemoryStore } from './testing/memory-store.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 0, 1);
const log = createLogger('test', 'fatal');

interface Replica {
  readonly source: CertificateSource;
  readonly served: KeyAndCertificate[];
}

function replicas(
  store: MemoryStore,
  clock: { now: () => number },
  leading: readonly boolean[],
): readonly Replica[] {
  return leading.map((leads) => {
    const served: KeyAndCertificate[] = [];
    const source = createManagedCertificates({
      store,
      names: ['culvert-operator.culvert-system.svc', '127.0.0.1'],
      patchBundle: true,
      clock,
      log,
      leads: () => leads,
      serve: (certificate) => served.push(certificate),
    });
    return { source, served };
  });
}

/** Whether clients that trust what the configuration says would accept what a replica serves. */
function isAccepted(store: MemoryStore, { served }: Replica): boolean {
  const current = new X509Certificate(served.at(-1)?.certificate ?? '');
  return (store.entries ?? []).every(({ caBundle }) =>
    (caBundle.match(/-----BEGIN[^]*?END CERTIFICATE-----/g) ?? [])
      .map((pem) => new X509Certificate(pem))
      .some((authority) => current.checkIssued(authority) && current.verify(authority.publicKey)),
  );
}

test('A15: the first step of a leader makes certificates, declares trust and serves', async () => {
  const store = memoryStore();
  const [leader] = replicas(store, { now: () => START }, [true]);
  ok(leader);

  await leader.source.step();

  equal(leader.served.length, 1);
  equal(leader.source.problem(), undefined);
  equal(isAccepted(store, leader), true);
  const certificate = new X509Certificate(leader.served[0]?.certificate ?? '');
  equal(certificate.checkHost('culvert-operator.culvert-system.svc'), 'culvert-operator.culvert-system.svc');
  equal(certificate.checkIP('127.0.0.1'), '127.0.0.1');
});

test('a replica that does not lead writes nothing and serves what the leader has made', async () => {
  const store = memoryStore();
  const [leader, other] = replicas(store, { now: () => START }, [true, false]);
  ok(leader && other);

  await other.source.step();
  const before = [store.version, other.source.problem()];
  await leader.source.step();
  await other.source.step();

  deepEqual(before, [0, 'there is no certificate yet']);
  deepEqual(
    other.served.map(({ certificate }) => certificate),
    leader.served.map(({ certificate }) => certificate),
  );
});

test('A15: through two years of renewals what replicas serve is trusted at every moment', async () => {
  const store = memoryStore();
  let now = START;
  const clock = { now: () => now };
  const all = replicas(store, clock, [true, false]);
  const authorities = new Set<string>();
  for (const { source } of all) await source.step();

  for (let day = 0; day < 730; day += 5) {
    now = START + day * DAY;
    for (let look = 0; look < 5; look++) {
      for (const { source } of all) await source.step();
      for (const replica of all) {
        equal(isAccepted(store, replica), true);
        equal(replica.source.problem(), undefined);
      }
      now += 6_000;
    }
    for (const print of fingerprintsOf(store.files?.['ca.crt'] ?? '')) authorities.add(print);
    ok(fingerprintsOf(store.files?.['ca.crt'] ?? '').length <= 2);
  }

  ok(authorities.size >= 3, `${authorities.size} authorities`);
  for (const { served } of all) ok(served.length >= 10, `${served.length} certificates`);
});

test('A15: two replicas that both think they lead settle on one Secret and leave it alone', async () => {
  const store = memoryStore();
  const [one, two] = replicas(store, { now: () => START }, [true, true]);
  ok(one && two);

  await Promise.all([one.source.step(), two.source.step()]);
  const { version, files } = store;
  for (let look = 0; look < 3; look++) await Promise.all([one.source.step(), two.source.step()]);

  deepEqual([store.version, store.files], [version, files]);
  equal(isAccepted(store, one) && isAccepted(store, two), true);
  equal(one.served.at(-1)?.certificate, two.served.at(-1)?.certificate);
});

const BREAKAGES: readonly [string, (store: MemoryStore) => void][] = [
  [
    'a certificate that is no certificate',
    (store) => (store.files = { ...store.files, 'tls.crt': 'nothing' }),
  ],
  ['a key that is gone', (store) => (store.files = { ...store.files, 'tls.key': '' })],
  ['an authority that is gone', (store) => (store.files = { ...store.files, 'ca.crt': '' })],
  [
    'a key of the authority that is another',
    (store) => (store.files = { ...store.files, 'ca.key': store.files?.['tls.key'] ?? '' }),
  ],
  ['a Secret that is empty', (store) => (store.files = {})],
  ['a Secret that is gone', (store) => (store.files = undefined)],
];

for (const [what, destroy] of BREAKAGES) {
  test(`A15: ${what} is made anew, and what was served stays trusted meanwhile`, async () => {
    const store = memoryStore();
    let now = START;
    const [leader, other] = replicas(store, { now: () => now }, [true, false]);
    ok(leader && other);
    await leader.source.step();
    await other.source.step();

    destroy(store);
    await leader.source.step();
    const meanwhile = isAccepted(store, leader) && isAccepted(store, other);
    for (let look = 0; look < 2; look++) {
      await other.source.step();
      now += 10_000;
      await leader.source.step();
      await other.source.step();
    }

    equal(meanwhile, true);
    ok(inspectSecret(store.files ?? {}).serving?.issuer);
    equal(isAccepted(store, leader) && isAccepted(store, other), true);
    notEqual(leader.served.at(-1)?.certificate, leader.served[0]?.certificate);
    equal(other.served.at(-1)?.certificate, leader.served.at(-1)?.certificate);
  });
}

test('a bundle that somebody has removed or changed comes back, in every entry', async () => {
  const store = memoryStore();
  const [leader] = replicas(store, { now: () => START }, [true]);
  ok(leader);
  await leader.source.step();
  const [first] = store.entries ?? [];

  store.entries = [
    { name: 'a', caBundle: '' },
    { name: 'b', caBundle: 'other' },
  ];
  await leader.source.step();

  deepEqual(
    store.entries.map(({ caBundle }) => caBundle),
    [first?.caBundle, first?.caBundle],
  );
});

test('without a webhook configuration certificates are served all the same', async () => {
  const store = memoryStore();
  store.entries = undefined;
  const [leader] = replicas(store, { now: () => START }, [true]);
  ok(leader);

  await leader.source.step();

  equal(leader.source.problem(), undefined);
});

test('a certificate that has expired is a problem, until the next step', async () => {
  const store = memoryStore();
  let now = START;
  const [leader] = replicas(store, { now: () => now }, [true]);
  ok(leader);
  await leader.source.step();

  now += 200 * DAY;
  const expired = leader.source.problem();
  await leader.source.step();

  equal(expired, 'the certificate has expired');
  equal(leader.source.problem(), undefined);
});
