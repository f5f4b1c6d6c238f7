import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { writeChartLayout } from './oci-layout.ts';

const CHART = { name: 'culvert', version: '1.2.3', description: 'Shows requests.' };
const PACKED = Buffer.from('bytes of a package');

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'culvert-layout-'));
  t.after(() => {
    rmSync(folder, { recursive: true });
  });
  return folder;
}

interface Described {
  readonly digest: string;
  readonly size: number;
  readonly mediaType: string;
}

void test('a chart can be followed from the index to its package', (t) => {
  const folder = folderFor(t);
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folder, file), 'utf8'));
  const blob = ({ digest, size }: Described): Buffer => {
    const content = readFileSync(join(folder, 'blobs', digest.replace(':', '/')));
    assert.equal(content.length, size);
    assert.equal(`sha256:${createHash('sha256').update(content).digest('hex')}`, digest);
    return content;
  };

  const digest = writeChartLayout(folder, CHART, PACKED);

  assert.deepEqual(read('oci-layout'), { imageLayoutVersion: '1.0.0' });
  const { manifests } = read('index.json') as { manifests: readonly Described[] };
  assert.deepEqual(
    manifests.map((one) => one.digest),
    [digest],
  );
  const manifest = JSON.parse(blob(manifests[0]!).toString()) as {
    config: Described;
    layers: readonly Described[];
  };
  assert.deepEqual(JSON.parse(blob(manifest.config).toString()), CHART);
  assert.deepEqual(manifest.layers.map(blob), [PACKED]);
  assert.equal(manifest.config.mediaType, 'application/vnd.cncf.helm.config.v1+json');
  assert.equal(manifest.layers[0]?.mediaType, 'application/vnd.cncf.helm.chart.content.v1.tar+gzip');
  assert.equal(readdirSync(join(folder, 'blobs/sha256')).length, 3);
});

void test('the same chart gives the same digest', (t) => {
  assert.equal(writeChartLayout(folderFor(t), CHART, PACKED), writeChartLayout(folderFor(t), CHART, PACKED));
});
