import { workspaces } from '../root.ts';
import type { Step } from './run-steps.ts';

/** The steps of `make check`, the slow ones first so that the quick ones fill the gaps. */
export const steps: readonly Step[] = [
  { name: 'lint', tool: 'eslint/bin/eslint.js', arguments: ['.', '--max-warnings=0'] },
  { name: 'types', tool: 'typescript/bin/tsc', arguments: ['-p', '.'] },
  { name: 'dead code', tool: 'knip/bin/knip.js', arguments: ['--no-progress', '--no-config-hints'] },
  {
    name: 'import boundaries',
    tool: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    arguments: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err', 'scripts', ...workspaces],
  },
  {
    name: 'formatting',
    tool: 'prettier/bin/prettier.cjs',
    arguments: ['--check', '--log-level=warn', '--cache', '--cache-strategy=content', '.'],
  },
  { name: 'version', script: 'scripts/version.ts', arguments: ['--check'] },
  { name: 'GraphQL schema', script: 'orchestrator/scripts/print-schema.ts', arguments: ['--check'] },
  { name: 'configuration reference', script: 'scripts/configuration.ts', arguments: ['--check'] },
  { name: 'metrics reference', script: 'scripts/metrics.ts', arguments: ['--check'] },
  { name: 'command line reference', script: 'cli/scripts/print-reference.ts', arguments: ['--check'] },
  { name: 'charts', script: 'scripts/charts.ts', arguments: ['--check'] },
  { name: 'generated code', script: 'scripts/generated.ts', arguments: ['--check'] },
  { name: 'custom resources', script: 'scripts/crds.ts', arguments: ['--check'] },
  { name: 'wire contract lint', tool: '@bufbuild/buf/bin/buf', arguments: ['lint'], folder: 'proto' },
  {
    name: 'wire contract compatibility',
    tool: '@bufbuild/buf/bin/buf',
    arguments: ['breaking', '--against', 'baseline.binpb'],
    folder: 'proto',
  },
  { name: 'requirements', script: 'scripts/requirements.ts', arguments: ['--check'] },
  { name: 'source rules', script: 'scripts/source-rules.ts', arguments: [] },
];
