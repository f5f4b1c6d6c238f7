import type { SecretFiles } from './inspect.ts';

/** The Secret that all replicas share. */
export interface StoredSecret {
  readonly resourceVersion: string;
  readonly files: SecretFiles;
}

/** An entry of the webhook configuration. */
export interface WebhookEntry {
  readonly name: string;
  /** The authorities that API servers trust for it, PEM; empty when there are none. */
  readonly caBundle: string;
}

/** Where certificates are kept and trust in them is declared. */
export interface CertificateStore {
  readSecret(): Promise<StoredSecret | undefined>;
  /**
   * Writes all files of the Secret.
   *
   * @param resourceVersion of the Secret that they are made from
   * @returns false when somebody else has written since
   */
  writeSecret(files: SecretFiles, resourceVersion: string | undefined): Promise<boolean>;
  /** The entries of the webhook configuration; undefined when there is none. */
  readEntries(): Promise<readonly WebhookEntry[] | undefined>;
  writeBundle(entries: readonly string[], caBundle: string): Promise<void>;
}
