import { Registry } from 'prom-client';
import { metricsIn } from './register.ts';

/** The metrics of a process that captures nothing. */
export function createProcessMetrics(natsConnected: () => boolean): Registry {
  const registry = new Registry();
  addProcessMetrics(registry, natsConnected);
  return registry;
}

/**
 * Whether NATS is there, and Prometheus' standard names for a process, without the event loop monitors, which cost
 * CPU all the time.
 */
export function addProcessMetrics(registry: Registry, natsConnected: () => boolean): void {
  const { counter, gauge } = metricsIn(registry);
  gauge('culvert_nats_connected', '1 while NATS is connected.', [], (metric) =>
    metric.inc(natsConnected() ? 1 : 0),
  );
  counter('process_cpu_seconds_total', 'Total user and system CPU time spent in seconds.', [], (metric) => {
    const { user, system } = process.cpuUsage();
    metric.inc((user + system) / 1e6);
  });
  gauge('process_resident_memory_bytes', 'Resident memory size in bytes.', [], (metric) => {
    metric.inc(process.memoryUsage.rss());
  });
  gauge(
    'process_start_time_seconds',
    'Start time of the process since unix epoch in seconds.',
    [],
    (metric) => {
      metric.inc(Math.round(performance.timeOrigin / 1000));
    },
  );
}
