/**
 * docs/reference/configuration.md from the settings that each process declares in its config.ts: `--write` renews
 * the page, `--check` fails when it is out of date.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { argv } from 'node:process';
import type { Settings } from '@culvert/runtime/config';
import { type ProcessSettings, renderConfiguration } from './configuration/render.ts';
import { writeOrCheck } from './drift.ts';
import { root } from './root.ts';

const PROCESSES = [
  { name: 'Sidecar', file: 'sidecar/src/config.ts' },
  { name: 'Sidecar in the role node', file: 'sidecar/src/node/config.ts' },
  { name: 'Sidecar in the role redirect', file: 'sidecar/src/redirect/config.ts' },
  { name: 'Orchestrator', file: 'orchestrator/src/config.ts' },
  { name: 'Operator', file: 'operator/src/config.ts' },
  { name: 'Command line', file: 'cli/src/config.ts' },
  { name: 'Demo and launcher', file: 'demo/src/config.ts' },
];

const processes: ProcessSettings[] = [];
for (const { name, file } of PROCESSES) {
  const path = join(root, file);
  if (!existsSync(path)) continue;
  const { settings } = (await import(pathToFileURL(path).href)) as { readonly settings: Settings };
  processes.push({ name, file, settings });
}
writeOrCheck(
  'docs/reference/configuration.md',
  renderConfiguration(processes),
  argv.includes('--check'),
  'make docs',
);
