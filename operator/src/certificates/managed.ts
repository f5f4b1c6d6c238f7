import { applyPlan } from './apply-plan.ts';
import { repairBundle } from './bundle.ts';
import { inspectPair, inspectSecret, type SecretFiles } from './inspect.ts';
import { LIFETIMES, planCertificates, shouldServe, type CertificateFacts, type Lifetimes } from './plan.ts';
import type { CertificateSource, SourceParts } from './source.ts';
import type { CertificateStore, WebhookEntry } from './store.ts';
import { createTrust } from './trust.ts';

/** More changes in a row than any state needs. */
const MAX_CHANGES = 4;

/**
 * Certificates that the operator makes itself. The leader keeps the Secret and the webhook configuration as they should
 * be; every replica serves what the Secret holds.
 */
export function createManagedCertificates(
  parts: SourceParts & {
    readonly store: CertificateStore;
    readonly names: readonly string[];
    /** Whether the authority is written into the webhook configuration. */
    readonly patchBundle: boolean;
    readonly lifetimes?: Lifetimes;
  },
): CertificateSource {
  const { store, names, clock, log, lifetimes = LIFETIMES } = parts;
  const trust = createTrust(clock);
  let served: CertificateFacts | undefined;

  /** Brings the Secret to where nothing is to do; undefined when there is none, or somebody else is at it. */
  async function settleSecret(
    entries: readonly WebhookEntry[] | undefined,
  ): Promise<SecretFiles | undefined> {
    const trusted = (entries ?? []).map(({ caBundle }) => caBundle).join('\n');
    for (let changes = 0; ; changes++) {
      const secret = await store.readSecret();
      if (!parts.leads()) return secret?.files;
      const facts = secret && inspectSecret(secret.files);
      const now = clock.now();
      const trustedForMs = trust.forMs(facts?.authorities[0]?.fingerprint);
      const plan = planCertificates({ now, secret: facts, names, trustedForMs });
      if (plan.action === 'none' || changes === MAX_CHANGES) return secret?.files;
      const files = await applyPlan(plan, { files: secret?.files ?? {}, trusted, names, now, lifetimes });
      const written = await store.writeSecret(files, secret?.resourceVersion);
      if (written) log.info({ action: plan.action, why: plan.why }, 'webhook certificates changed');
    }
  }

  function offer(files: SecretFiles): void {
    const certificate = files['tls.crt'] ?? '';
    const key = files['tls.key'] ?? '';
    const offered = inspectPair(certificate, key);
    const trustedForMs = trust.forMs(inspectSecret(files).serving?.issuer);
    if (!shouldServe({ now: clock.now(), offered, served, trustedForMs })) return;
    parts.serve({ certificate, key });
    served = offered;
    log.info({ until: new Date(offered?.notAfter ?? 0).toISOString() }, 'webhook serves a new certificate');
  }

  return {
    async step() {
      let entries = await store.readEntries();
      trust.observe(entries);
      const files = await settleSecret(entries);
      if (files === undefined) return;
      const bundle = files['ca.crt'] ?? '';
      if (parts.leads() && parts.patchBundle && bundle !== '') {
        entries = await repairBundle(store, entries, bundle, log);
        trust.observe(entries);
      }
      offer(files);
    },
    problem() {
      if (served === undefined) return 'there is no certificate yet';
      return served.notAfter > clock.now() ? undefined : 'the certificate has expired';
    },
  };
}
