import { deepEqual, ok } from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { PodManifest } from './pod.ts';
import { applyPatch } from './testing/apply-patch.ts';
import { GOLDEN_PODS } from './testing/golden-pods.ts';
import { patchFor } from './testing/pods.ts';

const DIRECTORY = join(import.meta.dirname, 'golden');
/** `CULVERT_RENEW_GOLDEN=1 scripts/run.sh scripts/test.ts inject/golden` writes the files anew. */
const RENEW = process.env['CULVERT_RENEW_GOLDEN'] === '1';

for (const { name, title, pod, options } of GOLDEN_PODS) {
  test(title, async () => {
    const { patch, warnings } = patchFor(pod, options);

    const result = { warnings, patch };
    deepEqual(result, await golden(name, result));
  });

  test(`A8: injecting an injected pod gives an empty patch: ${name}`, () => {
    const { patch } = patchFor(pod, options);
    ok(patch.length > 0);

    const again = patchFor(applyPatch<PodManifest>(pod, patch), options);

    deepEqual(again, { patch: [], warnings: [] });
  });
}

test('every golden file belongs to a pod', async () => {
  const files = await readdir(DIRECTORY);

  deepEqual(files.sort(), GOLDEN_PODS.map(({ name }) => `${name}.json`).sort());
});

async function golden(name: string, result: unknown): Promise<unknown> {
  const file = join(DIRECTORY, `${name}.json`);
  if (RENEW) {
    await mkdir(DIRECTORY, { recursive: true });
    await writeFile(file, `${JSON.stringify(result, null, 2)}\n`);
  }
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}
