import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../log.ts';

type ExportResult = Parameters<Parameters<SpanExporter['export']>[1]>[0];

/** Says once when the collector stops taking spans, and once when it takes them again. */
export function watched(exporter: SpanExporter, log: Logger): SpanExporter {
  let failing = false;
  const onResult = (result: ExportResult): void => {
    // The codes stand in a package that is no dependency of this one: 0 is success.
    const failed = Number(result.code) !== 0;
    if (failed && !failing) {
      // Not the error itself: it may hold what the collector answered, or headers.
      log.warn({ reason: reasonOf(result.error) }, 'the collector takes no spans; they are dropped');
    } else if (!failed && failing) log.info('the collector takes spans again');
    failing = failed;
  };
  return {
    export(spans: ReadableSpan[], done: (result: ExportResult) => void) {
      exporter.export(spans, (result) => {
        onResult(result);
        done(result);
      });
    },
    shutdown: () => exporter.shutdown(),
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
  };
}

function reasonOf(error: Error | undefined): string {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  if (typeof code === 'number') return `it answers with status ${code}`;
  return typeof code === 'string' ? code : (error?.name ?? 'unknown');
}
