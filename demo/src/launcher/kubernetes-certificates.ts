import 'reflect-metadata'; // x509 looks for it while it is loaded
import * as x509 from '@peculiar/x509';

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
/** Whatever day this machine, or a test that plays the clock, believes it to be. */
const VALIDITY = { notBefore: new Date('2000-01-01T00:00:00Z'), notAfter: new Date('2100-01-01T00:00:00Z') };

/** A certificate and its private key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Whom or what a certificate stands for. */
export interface Subject {
  /** A user's name to Kubernetes. */
  readonly name: string;
  /** A user's groups to Kubernetes. */
  readonly groups?: readonly string[];
  /** Names and addresses that a server answers at. */
  readonly dns?: readonly string[];
  readonly addresses?: readonly string[];
}

/** Signs certificates for servers and clients of one cluster, for tests only: what it signs is valid on any day. */
export interface CertificateAuthority {
  /** Its own certificate, PEM. */
  readonly certificate: string;
  readonly key: string;
  issue(subject: Subject): Promise<KeyPair>;
}

/** Makes a certificate authority with a key of its own. */
export async function createAuthority(name: string): Promise<CertificateAuthority> {
  const keys = await generateKeys();
  const own = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: serialNumber(),
    name: [{ CN: [name] }],
    ...VALIDITY,
    signingAlgorithm: SIGNATURE,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
    ],
  });
  return {
    certificate: `${own.toString('pem')}\n`,
    key: await privateKeyPem(keys),
    issue: async (subject) => {
      const theirs = await generateKeys();
      const certificate = await x509.X509CertificateGenerator.create({
        serialNumber: serialNumber(),
        subject: [...(subject.groups ?? []).map((group) => ({ O: [group] })), { CN: [subject.name] }],
        issuer: own.subject,
        ...VALIDITY,
        signingAlgorithm: SIGNATURE,
        publicKey: theirs.publicKey,
        signingKey: keys.privateKey,
        extensions: extensionsFor(subject),
      });
      return { certificate: `${certificate.toString('pem')}\n`, key: await privateKeyPem(theirs) };
    },
  };
}

/** A key pair for signing the tokens of service accounts: private and public key, PEM. */
export async function createSigningKey(): Promise<{
  readonly privateKey: string;
  readonly publicKey: string;
}> {
  const keys = await generateKeys();
  const spki = await crypto.subtle.exportKey('spki', keys.publicKey);
  return {
    privateKey: await privateKeyPem(keys),
    publicKey: `${x509.PemConverter.encode(spki, 'PUBLIC KEY')}\n`,
  };
}

function extensionsFor(subject: Subject): x509.Extension[] {
  const names: x509.JsonGeneralNames = [
    ...(subject.dns ?? []).map((value) => ({ type: 'dns' as const, value })),
    ...(subject.addresses ?? []).map((value) => ({ type: 'ip' as const, value })),
  ];
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth, x509.ExtendedKeyUsage.clientAuth]),
    ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
  ];
}

function serialNumber(): string {
  // The leading 1 keeps the number positive.
  return `1${Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')}`.slice(0, 30);
}

async function generateKeys(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(KEY, true, ['sign', 'verify']);
}

async function privateKeyPem(keys: CryptoKeyPair): Promise<string> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  return `${x509.PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n`;
}
