import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REDACTED_HEADERS } from '@culvert/traffic/select/rules';
import { compileWorkload, type WorkloadInput } from './compile.ts';
import { parseDocument } from './document.ts';
import { DEFAULT_RULES } from './port-rules.ts';
import { policyOf } from './testing/policies.ts';
import type { UnreadablePolicy } from './unreadable.ts';
import { createRandom, type Random } from './testing/random.ts';

const CART: WorkloadInput = {
  namespace: 'shop',
  workload: 'Deployment/cart',
  labels: { app: 'cart' },
  containerPorts: [
    { name: 'http', containerPort: 8080 },
    { name: 'metrics', containerPort: 9090, protocol: 'TCP' },
    { name: 'dns', containerPort: 53, protocol: 'UDP' },
    { containerPort: 5432 },
  ],
  policies: [],
};

test('without a policy every declared TCP port is captured with the defaults, those of databases excepted', () => {
  const { document, problems } = compileWorkload(CART);

  assert.deepEqual(Object.keys(document.ports), ['5432', '8080', '9090']);
  assert.deepEqual(document.ports['8080'], DEFAULT_RULES);
  assert.equal(document.ports['5432']?.capture, false);
  assert.deepEqual(document.otherPorts, DEFAULT_RULES);
  assert.deepEqual(document.policies, []);
  assert.deepEqual(problems, []);
});

test('the defaults are what an empty spec says', () => {
  const { document } = compileWorkload({ ...CART, policies: [policyOf({})] });

  assert.deepEqual(document.ports['8080'], { ...DEFAULT_RULES, policy: 'shop/cart' });
  assert.equal(document.ports['5432']?.capture, false);
  assert.deepEqual(document.policies, [
    { namespace: 'shop', name: 'cart', uid: 'uid-of-cart', generation: 1 },
  ]);
});

test('policies of other namespaces, and those that select other pods, say nothing', () => {
  const policies = [
    policyOf({ probes: 'Capture' }, { namespace: 'bank' }),
    policyOf({ selector: { matchLabels: { app: 'till' } } }, { name: 'till' }),
  ];

  const { document } = compileWorkload({ ...CART, policies });

  assert.deepEqual(document, compileWorkload(CART).document);
});

test('where a policy applies that cannot be read, nothing is captured, whatever others say', () => {
  const { metadata } = policyOf({}, { name: 'ahead', namespace: 'shop' });
  const policies = [policyOf({ probes: 'Capture' })];
  const closed = (selector: UnreadablePolicy['selector']): boolean => {
    const { document } = compileWorkload({ ...CART, policies, unreadable: [{ metadata, selector }] });
    const rules = [...Object.values(document.ports), document.otherPorts];
    return rules.every(({ capture, policy }) => !capture && policy === 'shop/ahead');
  };

  assert.equal(closed({}), true);
  assert.equal(closed({ matchLabels: { app: 'cart' } }), true);
  assert.equal(closed(undefined), true);
  assert.equal(closed({ matchLabels: { app: 'till' } }), false);
});

test('a policy of another namespace that cannot be read closes nothing', () => {
  const { metadata } = policyOf({}, { namespace: 'bank' });

  const { document } = compileWorkload({ ...CART, unreadable: [{ metadata, selector: undefined }] });

  assert.deepEqual(document, compileWorkload(CART).document);
});

test('a policy that names ports captures these and no others', () => {
  const spec = { ports: [{ port: 'http' }, { port: 5432, protocol: 'TCP' }, { port: 7000 }] };

  const { document, problems } = compileWorkload({ ...CART, policies: [policyOf(spec)] });

  const captured = Object.entries(document.ports).map(([port, { capture, protocol }]) => [
    port,
    capture,
    protocol,
  ]);
  assert.deepEqual(captured, [
    ['5432', true, 'TCP'],
    ['7000', true, 'HTTP'],
    ['8080', true, 'HTTP'],
    ['9090', false, 'HTTP'],
  ]);
  assert.equal(document.otherPorts.capture, false);
  assert.deepEqual(problems, []);
});

test('a name stands for the port of that name in every container', () => {
  const containerPorts = [
    { name: 'http', containerPort: 8080 },
    { name: 'http', containerPort: 8081 },
    { name: 'http', containerPort: 8082, protocol: 'UDP' },
  ];

  const { document } = compileWorkload({
    ...CART,
    containerPorts,
    policies: [policyOf({ ports: [{ port: 'http' }] })],
  });

  assert.deepEqual(Object.keys(document.ports), ['8080', '8081']);
});

test('a port name that no container declares is a problem of the policy', () => {
  const spec = { ports: [{ port: 'grpc' }, { port: 'dns' }], excludePorts: ['debug'] };

  const { problems } = compileWorkload({ ...CART, policies: [policyOf(spec)] });

  assert.deepEqual(problems, [
    {
      policy: 'shop/cart',
      reason: 'PortNotFound',
      message: 'no container declares a TCP port named grpc; no container declares a TCP port named dns',
    },
  ]);
});

test('the oldest policy decides about a port, redactions unite, and the others are told', () => {
  const old = policyOf(
    { sampling: { percent: 5 }, redaction: { defaultHeaders: 'Keep', headers: ['X-Old'] } },
    { name: 'old', creationTimestamp: '2026-01-01T00:00:00Z' },
  );
  const young = policyOf(
    {
      sampling: { percent: 50 },
      redaction: {
        headers: ['x-young'],
        cookies: ['sid'],
        queryParameters: ['token'],
        pathParameters: ['jsessionid'],
      },
    },
    { name: 'young' },
  );

  const { document, problems } = compileWorkload({ ...CART, policies: [young, old] });

  const rules = document.ports['8080'];
  assert.equal(rules?.policy, 'shop/old');
  assert.deepEqual(rules?.sampling, { numerator: 5, denominator: 100 });
  assert.deepEqual(rules?.redaction, {
    headers: [...REDACTED_HEADERS, 'x-old', 'x-young'].sort(),
    cookies: ['sid'],
    queryParameters: ['token'],
    pathParameters: ['jsessionid'],
  });
  assert.deepEqual(parseDocument(JSON.stringify(document)), document);
  assert.deepEqual(
    document.policies.map(({ name }) => name),
    ['old', 'young'],
  );
  assert.deepEqual(problems, [
    {
      policy: 'shop/young',
      reason: 'Overridden',
      message:
        'ports 8080, 9090 are decided by shop/old, which is older; only the redactions of this policy apply there',
    },
  ]);
});

test('of policies that are equally old the first by name decides', () => {
  const policies = [policyOf({ probes: 'Capture' }, { name: 'b' }), policyOf({}, { name: 'a' })];

  const { document } = compileWorkload({ ...CART, policies });

  assert.equal(document.ports['8080']?.policy, 'shop/a');
});

test('policies without a known age come last, by name', () => {
  const policies = [
    policyOf({}, { name: 'a', creationTimestamp: null as unknown as string }),
    policyOf({}, { name: 'b', creationTimestamp: null as unknown as string }),
    policyOf({}, { name: 'c' }),
  ];

  const { document } = compileWorkload({ ...CART, policies });

  assert.deepEqual(
    document.policies.map(({ name }) => name),
    ['c', 'a', 'b'],
  );
});

test('a redaction of one port is none of another', () => {
  const policies = [
    policyOf({ ports: [{ port: 8080 }], redaction: { headers: ['x-a'] } }, { name: 'a' }),
    policyOf({ ports: [{ port: 9090 }] }, { name: 'b' }),
  ];

  const { document } = compileWorkload({ ...CART, policies });

  assert.ok(document.ports['8080']?.redaction.headers.includes('x-a'));
  assert.ok(!document.ports['9090']?.redaction.headers.includes('x-a'));
});

test('what one policy excludes no other one captures', () => {
  const policies = [
    policyOf({}, { name: 'all', creationTimestamp: '2026-01-01T00:00:00Z' }),
    policyOf({ excludePorts: ['metrics', 6000] }, { name: 'less' }),
  ];

  const { document, problems } = compileWorkload({ ...CART, policies });

  assert.equal(document.ports['9090']?.capture, false);
  assert.equal(document.ports['9090']?.policy, 'shop/less');
  assert.equal(document.ports['6000']?.capture, false);
  assert.deepEqual(
    problems.map(({ policy, message }) => [policy, message]),
    [
      ['shop/all', 'port 9090 is excluded by shop/less'],
      [
        'shop/less',
        'port 8080 is decided by shop/all, which is older; only the redactions of this policy apply there',
      ],
    ],
  );
});

test('matches are brought into the form that sidecars compare with', () => {
  const match = [
    {
      methods: ['GET'],
      hosts: ['Shop.Example.com'],
      paths: [{ value: '/a' }],
      headers: [{ name: 'X-Tenant', value: 'A' }],
      statuses: [{ min: 404 }, { min: 500, max: 599 }],
    },
  ];

  const { document } = compileWorkload({ ...CART, policies: [policyOf({ match, exclude: match })] });

  const expected = [
    {
      methods: ['GET'],
      hosts: ['shop.example.com'],
      paths: [{ type: 'Prefix', value: '/a' }],
      headers: [{ name: 'x-tenant', type: 'Exact', value: 'A' }],
      statuses: [
        { min: 404, max: 404 },
        { min: 500, max: 599 },
      ],
    },
  ];
  assert.deepEqual(document.ports['8080']?.match, expected);
  assert.deepEqual(document.ports['8080']?.exclude, expected);
});

test('a fraction and limits of bodies are passed on', () => {
  const spec = {
    sampling: { fraction: { numerator: 3 } },
    bodies: { requestBytes: 0 },
    probes: 'Capture',
  };

  const { document } = compileWorkload({ ...CART, policies: [policyOf(spec)] });

  const rules = document.otherPorts;
  assert.deepEqual(rules.sampling, { numerator: 3, denominator: 100 });
  assert.deepEqual([rules.requestBodyBytes, rules.responseBodyBytes], [0, 1_048_576]);
  assert.equal(rules.excludeProbes, false);
});

test('a new generation is a new revision', () => {
  const [first, second] = [1, 2].map(
    (generation) => compileWorkload({ ...CART, policies: [policyOf({}, { generation })] }).document.revision,
  );

  assert.match(first ?? '', /^[0-9a-f]{16}$/);
  assert.notEqual(first, second);
});

test('equal input in any order gives an equal document, which can be read back', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const random = createRandom(seed);
    const input = randomInput(random);

    const { document, problems } = compileWorkload(input);
    const shuffled = compileWorkload({
      ...input,
      policies: random.shuffle(input.policies),
      containerPorts: random.shuffle(input.containerPorts),
      labels: Object.fromEntries(random.shuffle(Object.entries(input.labels))),
    });

    assert.deepEqual(shuffled, { document, problems }, `seed ${seed}`);
    assert.deepEqual(parseDocument(JSON.stringify(document)), document, `seed ${seed}`);
  }
});

test('no port is captured that a matching policy excludes, and what one redacts stays redacted', () => {
  for (let seed = 1; seed <= 300; seed++) {
    const input = randomInput(createRandom(seed));

    const { document } = compileWorkload(input);

    for (const { name } of document.policies) {
      const policy = input.policies.find(({ metadata }) => metadata.name === name)!;
      for (const port of policy.spec.excludePorts ?? [])
        if (typeof port === 'number') assert.equal(document.ports[port]?.capture, false, `seed ${seed}`);
      for (const { port } of policy.spec.ports ?? []) {
        const rules = document.ports[port];
        if (rules?.capture !== true) continue;
        for (const header of policy.spec.redaction.headers ?? [])
          assert.ok(rules.redaction.headers.includes(header), `seed ${seed}`);
      }
    }
  }
});

function randomInput(random: Random): WorkloadInput {
  const ports = [80, 443, 5432, 8080, 'http', 'grpc'];
  return {
    namespace: 'shop',
    workload: 'Deployment/cart',
    labels: { app: random.pick(['cart', 'till']), tier: random.pick(['a', 'b']), version: '1' },
    containerPorts: random.some([
      { name: 'http', containerPort: 8080 },
      { name: 'grpc', containerPort: 9000 },
      { containerPort: 5432 },
      { containerPort: 443 },
    ]),
    policies: [...Array(random.below(5)).keys()].map((index) =>
      policyOf(
        {
          ...(random.below(2) === 0 && { selector: { matchLabels: { app: 'cart' } } }),
          ...(random.below(2) === 0 && {
            ports: random.some(ports).map((port) => ({ port, protocol: random.pick(['HTTP', 'TCP']) })),
          }),
          excludePorts: random.below(3) === 0 ? random.some(ports) : [],
          redaction: { headers: random.some(['x-a', 'x-b']), cookies: random.some(['sid']) },
          sampling: { percent: random.below(101) },
        },
        {
          name: `policy-${index}`,
          creationTimestamp: random.pick(['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']),
        },
      ),
    ),
  };
}
