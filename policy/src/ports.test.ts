import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileWorkload } from './compile.ts';
import { portsToRedirect, type RedirectInput } from './ports.ts';
import { policyOf } from './testing/policies.ts';

const CART: RedirectInput = {
  labels: { app: 'cart' },
  containerPorts: [
    { name: 'http', containerPort: 8080 },
    { name: 'admin', containerPort: 9090 },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { name: 'sql', containerPort: 5432 },
    { containerPort: 8080 },
  ],
  policies: [],
  excludedByAnnotation: [],
};

test('declared TCP ports are redirected once each, those of databases not', () => {
  assert.deepEqual(portsToRedirect(CART), [8080, 9090]);
});

test('a port that a policy does not capture is redirected nevertheless, since policies change and redirects cannot', () => {
  assert.deepEqual(
    portsToRedirect({ ...CART, policies: [policyOf({ ports: [{ port: 'http' }] })] }),
    [8080, 9090],
  );
});

test('a database port that a matching policy names is redirected, by number or by name', () => {
  for (const port of [5432, 'sql']) {
    const policies = [policyOf({ ports: [{ port, protocol: 'TCP' }] })];
    assert.deepEqual(portsToRedirect({ ...CART, policies }), [5432, 8080, 9090]);
    assert.deepEqual(portsToRedirect({ ...CART, policies, labels: { app: 'till' } }), [5432, 8080, 9090]);
  }
});

test('a port that no container declares is redirected when a matching policy names its number', () => {
  const policies = [
    policyOf({ selector: { matchLabels: { app: 'cart' } }, ports: [{ port: 7000 }, { port: 'x' }] }),
  ];

  assert.deepEqual(portsToRedirect({ ...CART, policies }), [7000, 8080, 9090]);
  assert.deepEqual(portsToRedirect({ ...CART, policies, labels: { app: 'till' } }), [8080, 9090]);
});

test('what the annotation or a policy excludes is not redirected, even where a policy names it', () => {
  const policies = [
    policyOf({ ports: [{ port: 8080 }, { port: 7000 }] }, { name: 'a' }),
    policyOf({ excludePorts: ['http'] }, { name: 'b' }),
  ];

  assert.deepEqual(portsToRedirect({ ...CART, policies, excludedByAnnotation: [7000] }), [9090]);
});

test('every port that the document captures is redirected', () => {
  const policies = [
    policyOf({ ports: [{ port: 'sql' }, { port: 7000 }, { port: 'admin' }] }, { name: 'a' }),
    policyOf({ excludePorts: [9090] }, { name: 'b' }),
  ];
  const { document } = compileWorkload({ ...CART, namespace: 'shop', workload: 'Deployment/cart', policies });
  const captured = Object.entries(document.ports).filter(([, { capture }]) => capture);

  const redirected = portsToRedirect({ ...CART, policies });

  assert.deepEqual(
    captured.map(([port]) => Number(port)).filter((port) => !redirected.includes(port)),
    [],
  );
  assert.equal(captured.length, 3);
});
