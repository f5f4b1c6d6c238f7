import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CertificateFacts, SecretFacts } from './plan.ts';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/** The names of what the Secret holds. */
export interface SecretFiles {
  readonly 'tls.crt'?: string;
  readonly 'tls.key'?: string;
  readonly 'ca.crt'?: string;
  readonly 'ca.key'?: string;
}

/** Reads what the Secret holds. Whatever can't be read counts as missing. */
export function inspectSecret(files: SecretFiles): SecretFacts {
  const authorities = readCertificates(files['ca.crt'] ?? '').filter(({ ca }) => ca);
  const newest = authorities[0];
  const [serving] = readCertificates(files['tls.crt'] ?? '');
  return {
    authorities: authorities.map(factsOf),
    authorityKeyFits: newest !== undefined && keyFits(newest, files['ca.key'] ?? ''),
    serving:
      serving !== undefined && keyFits(serving, files['tls.key'] ?? '')
        ? {
            ...factsOf(serving),
            names: namesOf(serving),
            issuer: authorities.find((authority) => isSignedBy(serving, authority))?.fingerprint256,
          }
        : undefined,
  };
}

/** Reads a certificate with its key; undefined when they can't be used together. */
export function inspectPair(certificate: string, key: string): CertificateFacts | undefined {
  const [first] = readCertificates(certificate);
  return first !== undefined && keyFits(first, key) ? factsOf(first) : undefined;
}

/** The fingerprints of all certificates in a bundle. */
export function fingerprintsOf(bundle: string): readonly string[] {
  return readCertificates(bundle).map(({ fingerprint256 }) => fingerprint256);
}

/** Those certificates of a bundle that `keep` holds for, as a bundle. Each stands in it once. */
export function filterBundle(
  bundle: string,
  keep: (certificate: CertificateFacts & { readonly subject: string }) => boolean,
): string {
  const kept = readCertificates(bundle)
    .filter((certificate) => keep({ ...factsOf(certificate), subject: certificate.subject }))
    .map((certificate) => certificate.toString().trim());
  return [...new Set(kept)].map((pem) => `${pem}\n`).join('');
}

function readCertificates(bundle: string): readonly X509Certificate[] {
  return (bundle.match(CERTIFICATE) ?? []).flatMap((pem) => {
    try {
      return [new X509Certificate(pem)];
    } catch {
      return [];
    }
  });
}

function keyFits(certificate: X509Certificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false; // no key, or one of another kind
  }
}

function isSignedBy(certificate: X509Certificate, authority: X509Certificate): boolean {
  return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
}

function namesOf(certificate: X509Certificate): readonly string[] {
  return (certificate.subjectAltName ?? '').split(', ').map((name) => name.replace(/^(DNS|IP Address):/, ''));
}

function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    fingerprint: certificate.fingerprint256,
    notBefore: certificate.validFromDate.getTime(),
    notAfter: certificate.validToDate.getTime(),
  };
}
