import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace';
import type { TraceParent } from './trace-parent.ts';

/** Ids of spans: random ones, but for spans that another process has named already. */
export interface SpanIds extends IdGenerator {
  /** Runs `start`, whose first span gets this place. */
  with<T>(place: TraceParent, start: () => T): T;
}

/** Makes a generator of ids. Spans are started synchronously, so a place can't reach another one. */
export function createSpanIds(): SpanIds {
  const random = new RandomIdGenerator();
  let given: TraceParent | undefined;
  return {
    generateTraceId: () => given?.traceId ?? random.generateTraceId(),
    generateSpanId: () => given?.spanId ?? random.generateSpanId(),
    with(place, start) {
      given = place;
      try {
        return start();
      } finally {
        given = undefined;
      }
    },
  };
}
