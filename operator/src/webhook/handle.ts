import type { Clock } from '@culvert/runtime/clock';
import type { Logger } from '@culvert/runtime/log';
import { admit, type AdmissionLookups, type AdmissionNotice } from '../inject/admit.ts';
import { answer, type AdmissionRequest, type AdmissionReview } from '../inject/review.ts';
import type { InjectionSettings } from '../inject/settings.ts';
import type { Tracing } from '@culvert/runtime/tracing/tracing';
import type { WebhookMetrics } from './metrics.ts';

/** What answering takes. */
export interface WebhookParts {
  readonly lookups: AdmissionLookups;
  readonly settings: InjectionSettings;
  readonly metrics: WebhookMetrics;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told, except in dry runs, about pods that should have the sidecar and get none. Must return at once. */
  readonly notify: (notice: AdmissionNotice) => void;
}

/** Answers one request, measured and logged. A fault lets the pod pass without a sidecar, with a warning. */
export async function handle(request: AdmissionRequest, parts: WebhookParts): Promise<AdmissionReview> {
  const { metrics, clock, log } = parts;
  const began = clock.now();
  const elapsed = (): number => (clock.now() - began) / 1000;
  try {
    const { review, decision, reason, notice } = await parts.tracing.span(
      'admit',
      { 'k8s.namespace.name': request.namespace },
      async (span) => {
        const admission = await admit(request, parts.lookups, parts.settings);
        span.set('culvert.admission.decision', admission.decision);
        span.set('culvert.admission.reason', admission.reason);
        return admission;
      },
    );
    if (notice !== undefined) parts.notify(notice);
    metrics.admitted(decision, reason, elapsed());
    log.debug({ ...subject(request), decision, reason }, 'pod admitted');
    return review;
  } catch (error) {
    metrics.admitted('failed', 'Fault', elapsed());
    log.error({ ...subject(request), err: error }, 'pod admitted without a look, because of a fault');
    return answer(request.uid, [], ['not injected (Fault): the webhook failed; its log says why']);
  }
}

function subject({ uid, namespace, dryRun, object }: AdmissionRequest): object {
  return { uid, namespace, pod: object.metadata?.name ?? object.metadata?.generateName, dryRun };
}
