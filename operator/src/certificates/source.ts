import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';

/** A certificate with its key, both PEM. */
export interface KeyAndCertificate {
  readonly certificate: string;
  readonly key: string;
}

/** Where the webhook's certificate comes from. */
export interface CertificateSource {
  /** Looks once, does what is to do, and hands over a new certificate. Is called again and again, never twice at once. */
  step(): Promise<void>;
  /** A sentence that says why there is no certificate to serve; undefined when there is one. */
  problem(): string | undefined;
}

/** What every source takes. */
export interface SourceParts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether this replica may write. */
  readonly leads: () => boolean;
  /** Takes the certificate that is to be served from now on. */
  readonly serve: (certificate: KeyAndCertificate) => void;
}
