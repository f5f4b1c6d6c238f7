/**
 * `scripts/run.sh scripts/released.ts COMMIT`: renews orchestrator/released/generated, what a release leaves behind for
 * the tests of schema life: its orchestrator as one compressed bundle, and batches as its sidecar published them.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv } from 'node:process';
import { bundle } from './released/bundle.ts';
import { checkOut } from './released/check-out.ts';
import { madeFrames } from './released/frames.ts';
import { recordTraffic } from './released/record.ts';
import { root } from './root.ts';

const TARGET = join(root, 'orchestrator/released/generated');
const KIB = 1024;
const MOST_KIB = 1_500;

const [commit] = argv.slice(2);
if (commit === undefined) throw new Error('which commit? scripts/run.sh scripts/released.ts COMMIT');
const exact = execFileSync('git', ['rev-parse', commit], { cwd: root, encoding: 'utf8' }).trim();
const directory = mkdtempSync(join(tmpdir(), 'culvert-released-'));
try {
  checkOut(exact, directory);
  mkdirSync(TARGET, { recursive: true });
  const orchestrator = await bundle(directory, 'orchestrator');
  const kib = Math.round(orchestrator.compressed.length / KIB);
  if (kib > MOST_KIB) throw new Error(`the bundle takes ${kib} KiB compressed; at most ${MOST_KIB}`);
  writeFileSync(join(TARGET, 'orchestrator.mjs.br'), orchestrator.compressed);
  const sidecar = await bundle(directory, 'sidecar');
  const batches = [...(await recordTraffic(sidecar.file, directory)), ...(await madeFrames(directory))];
  const lines = batches.map((batch) => `${JSON.stringify(batch)}\n`);
  writeFileSync(join(TARGET, 'batches.jsonl'), lines.join(''));
  writeFileSync(
    join(TARGET, 'release.json'),
    `${JSON.stringify({ commit: exact, recordedAt: new Date().toISOString() }, undefined, 2)}\n`,
  );
  console.log(`${exact}: ${kib} KiB of orchestrator, ${batches.length} batches`);
} finally {
  rmSync(directory, { recursive: true, force: true });
}
