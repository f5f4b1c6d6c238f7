/**
 * `make build`: each process as one file, dist/<process>/main.mjs, and the command line as dist/cli/culvert.mjs, each
 * with its source map beside it. Fails when a bundle has outgrown its budget.
 *
 * Arguments are names of workspaces: only those are bundled.
 *
 * Flags that Node should be started with stand in <process>/node-options and are copied beside the bundle.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { build, type Metafile } from 'esbuild';
import { root } from './root.ts';

const KIB = 1024;
/** How large each bundle may be: about a quarter above what it is, so that growth is noticed. */
const BUDGETS_KIB = { sidecar: 1_250, orchestrator: 16_000, operator: 6_000, cli: 130 };
/** What people start themselves: executable, with a name of its own, on any Node that still gets fixes. */
const COMMANDS: Readonly<Record<string, string>> = { cli: 'culvert.mjs' };
/** CommonJS dependencies call `require`, which ES modules don't have. */
const BANNER = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

const only = argv.slice(2);
for (const [name, budgetKib] of Object.entries(BUDGETS_KIB)) {
  if (only.length > 0 && !only.includes(name)) continue;
  const folder = join(root, 'dist', name);
  const command = COMMANDS[name];
  const file = command ?? 'main.mjs';
  rmSync(folder, { recursive: true, force: true });
  const { metafile } = await build({
    entryPoints: [join(root, name, 'src/main.ts')],
    outfile: join(folder, file),
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: command === undefined ? 'node24' : 'node20',
    mainFields: ['module', 'main'],
    banner: { js: command === undefined ? BANNER : `#!/usr/bin/env node\n${BANNER}` },
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    // An optional native client that pg looks for and that is not installed.
    external: ['pg-native'],
    // Some dependencies check their own use at each call unless this is known.
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'warning',
  });
  const flags = join(root, name, 'node-options');
  if (existsSync(flags)) copyFileSync(flags, join(folder, 'node-options'));
  if (command !== undefined) chmodSync(join(folder, file), 0o755);
  report(`dist/${name}/${file}`, metafile, budgetKib);
  // A bundle that can't even start, for want of a file or of `require`, is noticed here.
  execFileSync(process.execPath, [join(folder, file), '--help'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function report(file: string, metafile: Metafile, budgetKib: number): void {
  const output = metafile.outputs[file];
  if (output === undefined) throw new Error(`esbuild wrote no ${file}`);
  const kib = Math.round(output.bytes / KIB);
  console.log(`${file}: ${kib} KiB of at most ${budgetKib}`);
  if (kib <= budgetKib) return;
  process.exitCode = 1;
  console.log('too large; the largest parts:');
  const parts = Object.entries(output.inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
  for (const [file, { bytesInOutput }] of parts.slice(0, 10)) {
    console.log(`  ${String(Math.round(bytesInOutput / KIB)).padStart(6)} KiB  ${file}`);
  }
}
