import type { TraceParent } from './trace-parent.ts';

/** Attributes of a span; undefined ones are left out. */
export type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** On which side of a call a span stands. */
export type Kind = 'internal' | 'server' | 'client' | 'producer' | 'consumer';

/** A span while it is open. */
export interface OpenSpan {
  set(name: string, value: string | number | boolean): void;
}

/** A span that is ended by hand. */
export interface Span extends OpenSpan {
  /** Where it stands; undefined when nothing is traced. */
  readonly place: TraceParent | undefined;
  /**
   * Marks it as failed.
   *
   * @param type a class of errors with few members, such as `57014` or `TimeoutError`
   */
  fail(type: string): void;
  /** @param at Unix time in milliseconds, instead of now */
  end(at?: number): void;
}

/** How a span begins. */
export interface SpanOptions {
  /** `internal` by default. */
  readonly kind?: Kind;
  readonly attributes?: Attributes;
  /** What it is a child of, instead of the span around the call; null makes it the first of a trace. */
  readonly parent?: TraceParent | null | undefined;
  /** Other spans that led to it. A span without a parent is recorded when one of these is. */
  readonly links?: readonly TraceParent[];
  /** When it began, in Unix milliseconds, instead of now. */
  readonly at?: number;
}

/** Spans, nested by the asynchronous calls in which they are opened. */
export interface Tracing {
  /** Whether spans are exported; without, making them costs nothing, but gathering attributes may. */
  readonly on: boolean;
  /** Runs `work` in a span; what it throws marks the span as failed and is thrown on. */
  span<T>(
    name: string,
    attributes: Attributes,
    work: (span: OpenSpan) => Promise<T>,
    kind?: Kind,
  ): Promise<T>;
  /** Opens a span that is ended by hand. */
  start(name: string, options?: SpanOptions): Span;
  /**
   * Opens the first span of a trace in the name of another process, which has told its place and makes no spans.
   *
   * @param service that process's `service.name`
   */
  startFor(service: string, place: TraceParent, name: string, options?: SpanOptions): Span;
  /** Runs `work` with a span around it: what is opened in there becomes its child. */
  within<T>(span: Span, work: () => T): T;
  /** The span around the call, if it is recorded. */
  current(): TraceParent | undefined;
  /** Sends what is waiting, for as long as that is worth. Never rejects. */
  close(): Promise<void>;
}

const UNSEEN: Span = {
  place: undefined,
  set: () => undefined,
  fail: () => undefined,
  end: () => undefined,
};

/** Tracing that does nothing, for when no collector is named. */
export const noTracing: Tracing = {
  on: false,
  span: (_name, _attributes, work) => work(UNSEEN),
  start: () => UNSEEN,
  startFor: () => UNSEEN,
  within: (_span, work) => work(),
  current: () => undefined,
  close: () => Promise.resolve(),
};
