import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { repairBundle } from './bundle.ts';
import { inspectPair, type SecretFiles } from './inspect.ts';
import type { CertificateFacts } from './plan.ts';
import type { CertificateSource, SourceParts } from './source.ts';
import type { CertificateStore } from './store.ts';

/**
 * Certificates from the files `tls.crt`, `tls.key` and maybe `ca.crt` of a directory, which cert-manager or somebody else
 * renews. Files that don't belong together, as they are read in the middle of a change, are passed over.
 */
export function createFileCertificates(
  parts: SourceParts & {
    readonly directory: string;
    readonly store: Pick<CertificateStore, 'readEntries' | 'writeBundle'>;
    /** Whether `ca.crt` is written into the webhook configuration. */
    readonly patchBundle: boolean;
  },
): CertificateSource {
  const { directory, store, clock, log } = parts;
  let served: CertificateFacts | undefined;
  let trouble = 'there is no certificate yet';

  function offer(files: SecretFiles): void {
    const certificate = files['tls.crt'] ?? '';
    const key = files['tls.key'] ?? '';
    const offered = inspectPair(certificate, key);
    if (offered === undefined) {
      trouble = `tls.crt and tls.key in ${directory} are missing or do not belong together`;
      if (certificate !== '' || key !== '') log.warn({ directory }, 'certificate files passed over');
      return;
    }
    if (offered.fingerprint === served?.fingerprint) return;
    parts.serve({ certificate, key });
    served = offered;
    log.info({ until: new Date(offered.notAfter).toISOString() }, 'webhook serves a new certificate');
  }

  return {
    async step() {
      const names = ['tls.crt', 'tls.key', 'ca.crt'] as const;
      const texts = await Promise.all(names.map((name) => readOrEmpty(join(directory, name))));
      const files: SecretFiles = Object.fromEntries(names.map((name, index) => [name, texts[index]]));
      offer(files);
      const bundle = files['ca.crt'] ?? '';
      if (parts.leads() && parts.patchBundle && bundle !== '')
        await repairBundle(store, await store.readEntries(), bundle, log);
    },
    problem() {
      if (served === undefined) return trouble;
      return served.notAfter > clock.now() ? undefined : 'the certificate has expired';
    },
  };
}

async function readOrEmpty(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}
