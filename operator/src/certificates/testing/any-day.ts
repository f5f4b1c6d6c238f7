import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { issueAuthority, issueServing, type Issued } from '../issue.ts';

const FROM = Date.UTC(2000, 0, 1);
const LIFETIME_MS = Date.UTC(2100, 0, 1) - FROM;

/** An authority that is valid on whatever day a test believes it to be, and by the clocks of others too. */
export function issueLastingAuthority(): Promise<Issued> {
  return issueAuthority(FROM, LIFETIME_MS);
}

/** A certificate of such an authority for a server at 127.0.0.1. */
export function issueLastingServing(authority: Issued): Promise<Issued> {
  return issueServing(authority, ['127.0.0.1'], FROM, LIFETIME_MS);
}

/** Writes both to a directory, as somebody would mount them for an operator that makes no certificates itself. */
export async function writeLastingCertificates(directory: string): Promise<void> {
  const authority = await issueLastingAuthority();
  const { certificate, key } = await issueLastingServing(authority);
  await mkdir(directory);
  await writeFile(join(directory, 'ca.crt'), authority.certificate);
  await writeFile(join(directory, 'tls.crt'), certificate);
  await writeFile(join(directory, 'tls.key'), key);
}
