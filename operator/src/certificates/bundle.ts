import type { Logger } from '@culvert/runtime/log';
import type { CertificateStore, WebhookEntry } from './store.ts';

/**
 * Writes a bundle into those entries of the webhook configuration that have another.
 *
 * @returns the entries as they are then
 */
export async function repairBundle(
  store: Pick<CertificateStore, 'writeBundle'>,
  entries: readonly WebhookEntry[] | undefined,
  caBundle: string,
  log: Logger,
): Promise<readonly WebhookEntry[] | undefined> {
  if (entries?.every((entry) => entry.caBundle === caBundle) ?? true) return entries;
  const names = (entries ?? []).map(({ name }) => name);
  await store.writeBundle(names, caBundle);
  log.info({ entries: names }, 'webhook configuration trusts our certificates');
  return names.map((name) => ({ name, caBundle }));
}
