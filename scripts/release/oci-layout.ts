import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CONFIG = 'application/vnd.cncf.helm.config.v1+json';
const CONTENT = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const INDEX = 'application/vnd.oci.image.index.v1+json';

/** What a Chart.yaml says, as far as it is told here. */
export interface ChartMetadata {
  readonly name: string;
  readonly version: string;
  readonly description?: string;
}

/** Where a blob is, as an OCI descriptor says it. */
interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  /** In bytes. */
  readonly size: number;
}

/**
 * Writes a packaged chart as an OCI image layout, as registries take charts: its Chart.yaml is the configuration, the
 * package the only layer.
 *
 * The same chart always gives the same bytes: no time is noted.
 *
 * Sources: OCI image layout specification 1.1, "HIP 6: OCI support".
 *
 * @param folder is made; holds `oci-layout`, `index.json` and `blobs/`
 * @param packed the bytes that `helm package` wrote
 * @returns the manifest's digest
 */
export function writeChartLayout(folder: string, metadata: ChartMetadata, packed: Uint8Array): string {
  const blobs = join(folder, 'blobs', 'sha256');
  mkdirSync(blobs, { recursive: true });
  const put = (mediaType: string, content: Uint8Array): Descriptor => {
    const sum = createHash('sha256').update(content).digest('hex');
    writeFileSync(join(blobs, sum), content);
    return { mediaType, digest: `sha256:${sum}`, size: content.length };
  };
  const { name, version, description } = metadata;
  const manifest = put(
    MANIFEST,
    json({
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: put(CONFIG, json(metadata)),
      layers: [put(CONTENT, packed)],
      annotations: {
        'org.opencontainers.image.title': name,
        'org.opencontainers.image.version': version,
        ...(description !== undefined && { 'org.opencontainers.image.description': description }),
      },
    }),
  );
  const named = { ...manifest, annotations: { 'org.opencontainers.image.ref.name': version } };
  writeFileSync(join(folder, 'oci-layout'), json({ imageLayoutVersion: '1.0.0' }));
  writeFileSync(join(folder, 'index.json'), json({ schemaVersion: 2, mediaType: INDEX, manifests: [named] }));
  return manifest.digest;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
