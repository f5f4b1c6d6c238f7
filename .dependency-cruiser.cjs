/** Which folder may import what. Run by `make check` as "import boundaries". */
const PROCESSES = ['sidecar', 'orchestrator', 'operator', 'console', 'cli'];
const SHARED = ['crds', 'proto', 'runtime', 'traffic', 'policy'];
const anyOf = (folders) => `^(${folders.join('|')})/`;
const TEST = '\\.test\\.ts$|/testing/|^[^/]+/(test|bench)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'Files that need each other are one file, or miss a third.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    ...PROCESSES.map((folder) => ({
      name: `${folder}-stands-alone`,
      comment: 'Processes share only crds, proto, runtime, traffic and policy; they meet over the network.',
      severity: 'error',
      from: { path: `^${folder}/`, pathNot: TEST },
      to: { path: anyOf([...PROCESSES.filter((other) => other !== folder), 'demo', 'e2e', 'scripts']) },
    })),
    {
      name: 'tests-start-real-parts',
      comment:
        'A test of a process may start Postgres and nats-server by the launcher, but no other process.',
      severity: 'error',
      from: { path: `${anyOf(PROCESSES)}.*(${TEST})` },
      to: {
        path: anyOf([...PROCESSES, 'demo', 'e2e', 'scripts']),
        pathNot: ['^demo/src/launcher/', '^e2e/src/corpus/', '^$1/'],
      },
    },
    {
      name: 'demo-starts-processes',
      comment: 'The demo runs the processes as a user would: it starts them, it does not import them.',
      severity: 'error',
      from: { path: '^demo/' },
      to: { path: anyOf([...PROCESSES, 'e2e', 'scripts']) },
    },
    {
      name: 'e2e-comes-in-through-the-front-door',
      comment: 'Tests across processes use the launcher and what is shared, never the inside of a process.',
      severity: 'error',
      from: { path: '^e2e/' },
      to: { path: anyOf([...PROCESSES, 'scripts']) },
    },
    {
      name: 'shared-knows-no-process',
      severity: 'error',
      comment: 'What is shared must not depend on those who share it.',
      from: { path: anyOf(SHARED), pathNot: TEST },
      to: { path: anyOf([...PROCESSES, 'demo', 'e2e', 'scripts']) },
    },
    {
      name: 'traffic-is-pure',
      comment: 'The domain needs no I/O, no client and no logger: only itself and the wire contract.',
      severity: 'error',
      from: { path: '^traffic/', pathNot: TEST },
      to: { pathNot: '^(traffic|proto)/' },
    },
    {
      name: 'policy-is-pure',
      comment: 'Compiling policies needs no I/O, no client and no logger, so that it is the same everywhere.',
      severity: 'error',
      from: { path: '^policy/', pathNot: TEST },
      to: { pathNot: '^(policy|traffic|crds)/|node_modules/(ajv|@bufbuild/cel)/' },
    },
    {
      name: 'decisions-are-pure',
      comment: 'A decide.ts or plan.ts takes what was gathered and returns what to do; others do it.',
      severity: 'error',
      from: { path: '/(decide|plan)\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-telemetry-in-the-sidecar',
      comment: 'The exporter of spans costs megabytes, and a sidecar runs in every pod.',
      severity: 'error',
      from: { path: '^sidecar/', pathNot: TEST },
      to: { path: 'node_modules/@opentelemetry/', reachable: true },
    },
    {
      name: 'telemetry-has-one-door',
      comment: 'Spans are made through runtime/src/tracing, which costs nothing while nobody wants them.',
      severity: 'error',
      from: { pathNot: '^runtime/src/tracing/' },
      to: { path: '^node_modules/@opentelemetry/' },
    },
    {
      name: 'generated-code-has-one-door',
      comment: 'Generated code is imported by the codec alone, so that it can be replaced.',
      severity: 'error',
      from: { pathNot: '^proto/src/(index\\.ts$|generated/)' },
      to: { path: '/generated/' },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json'],
    },
  },
};
