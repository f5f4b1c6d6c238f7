import type { Registry } from 'prom-client';
import { metricsIn } from './register.ts';

/** What the metrics tell about the configuration. */
export interface MeasuredConfiguration {
  readonly revision: string;
  /** When it came into force, Unix milliseconds. */
  readonly since: number;
  readonly refused: number;
  /** How many of the refused ones were made for somebody else. */
  readonly foreign: number;
}

/** Adds the metrics of the configuration in force. */
export function addConfigurationMetrics(
  registry: Registry,
  configuration: MeasuredConfiguration,
  now: () => number,
): void {
  const { counter, gauge } = metricsIn(registry);
  gauge(
    'culvert_config_info',
    '1 for the revision of the configuration in force.',
    ['revision'],
    (metric) => {
      metric.inc({ revision: configuration.revision }, 1);
    },
  );
  gauge('culvert_config_age_seconds', 'Time since the configuration came into force.', [], (metric) => {
    metric.inc(Math.max(0, (now() - configuration.since) / 1000));
  });
  counter(
    'culvert_config_refused_total',
    'Configurations that could not be read, or were made for another namespace or workload.',
    [],
    (metric) => {
      metric.inc(configuration.refused);
    },
  );
  counter(
    'culvert_config_foreign_total',
    'Configurations that were refused because they were made for another namespace or workload.',
    [],
    (metric) => {
      metric.inc(configuration.foreign);
    },
  );
}
