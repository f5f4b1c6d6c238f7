import { filterBundle, type SecretFiles } from './inspect.ts';
import { AUTHORITY_NAME, issueAuthority, issueServing } from './issue.ts';
import type { CertificatePlan, Lifetimes } from './plan.ts';

/** What carrying out a plan takes. */
export interface PlanInput {
  /** The Secret as it is. */
  readonly files: SecretFiles;
  /** What API servers trust, PEM. */
  readonly trusted: string;
  readonly names: readonly string[];
  readonly now: number;
  readonly lifetimes: Lifetimes;
}

/** The files of the Secret after a plan; the same when there is nothing to do. */
export async function applyPlan(plan: CertificatePlan, input: PlanInput): Promise<SecretFiles> {
  const { files, names, now, lifetimes } = input;
  const present = files['ca.crt'] ?? '';
  switch (plan.action) {
    case 'none':
      return files;
    case 'prune':
      return {
        ...files,
        'ca.crt': filterBundle(present, ({ fingerprint }) => plan.keep.includes(fingerprint)),
      };
    case 'add-authority': {
      const authority = await issueAuthority(now, lifetimes.authorityMs);
      return {
        ...files,
        'ca.crt': filterBundle(`${authority.certificate}\n${present}`, () => true),
        'ca.key': authority.key,
      };
    }
    case 'issue': {
      const authority = { certificate: present, key: files['ca.key'] ?? '' };
      const serving = await issueServing(authority, names, now, lifetimes.servingMs);
      return { ...files, 'tls.crt': serving.certificate, 'tls.key': serving.key };
    }
    case 'begin': {
      const authority = await issueAuthority(now, lifetimes.authorityMs);
      const serving = await issueServing(authority, names, now, lifetimes.servingMs);
      // Replicas serve certificates of these until they have read the new one.
      const others = filterBundle(
        `${present}\n${input.trusted}`,
        (other) => other.subject === AUTHORITY_NAME && other.notAfter > now,
      );
      return {
        'tls.crt': serving.certificate,
        'tls.key': serving.key,
        'ca.crt': filterBundle(`${authority.certificate}\n${others}`, () => true),
        'ca.key': authority.key,
      };
    }
  }
}
