import { Counter, Histogram, type Registry } from 'prom-client';

/** Counts of the webhook. */
export interface WebhookMetrics {
  /**
   * @param decision `injected`, `not_injected` or `failed`
   * @param reason the mode, or why not
   */
  admitted(decision: string, reason: string, seconds: number): void;
}

/** Registers the metrics of the webhook. */
export function createWebhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry];
  const admissions = new Counter({
    name: 'culvert_operator_admissions_total',
    help: 'Pods that the webhook was asked about, by decision and reason.',
    labelNames: ['decision', 'reason'] as const,
    registers,
  });
  const duration = new Histogram({
    name: 'culvert_operator_admission_duration_seconds',
    help: 'How long the webhook took for an answer, from the last byte of the request.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5],
    registers,
  });
  return {
    admitted(decision, reason, seconds) {
      admissions.inc({ decision, reason });
      duration.observe(seconds);
    },
  };
}
