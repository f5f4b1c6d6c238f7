import type { TracedProcess } from './open-telemetry.ts';
import type { TracingConfig } from './settings.ts';
import { noTracing, type Tracing } from './tracing.ts';

/** Starts to trace if a collector is named. Without one, nothing of the exporter is even loaded. */
export async function startTracing(config: TracingConfig, who: TracedProcess): Promise<Tracing> {
  if (config.otlpEndpoint === '') return noTracing;
  const { exportSpans } = await import('./open-telemetry.ts');
  return exportSpans(config, who);
}
