/** A span while it is open. */
export interface OpenSpan {
  set(name: string, value: string | number | boolean): void;
}

/** Spans, nested by the asynchronous calls in which they are opened. */
export interface Tracing {
  /** Runs `work` in a span; what it throws marks the span as failed and is thrown on. */
  span<T>(
    name: string,
    attributes: Readonly<Record<string, string | number>>,
    work: (span: OpenSpan) => Promise<T>,
  ): Promise<T>;
  /** Sends what is waiting. */
  close(): Promise<void>;
}

const UNSEEN: OpenSpan = { set: () => undefined };

/** Tracing that does nothing, for when no collector is named. */
export const noTracing: Tracing = {
  span: (_name, _attributes, work) => work(UNSEEN),
  close: () => Promise.resolve(),
};
