import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line says about the request that it belongs to. */
export interface LogFields {
  readonly requestId?: string | undefined;
  /** Under the names that OpenTelemetry gives them in JSON, so that viewers lead from lines to traces. */
  readonly trace_id?: string | undefined;
  readonly span_id?: string | undefined;
}

const around = new AsyncLocalStorage<LogFields>();
const NONE: LogFields = {};

/** Runs `work`; each line that is logged by it, or by what it starts, has these fields besides those around it. */
export function withLogFields<T>(fields: LogFields, work: () => T): T {
  return around.run({ ...around.getStore(), ...fields }, work);
}

/** The fields of the request that is being worked on. */
export function logFieldsAround(): LogFields {
  return around.getStore() ?? NONE;
}

/**
 * The fields that a line lacks.
 *
 * @param known what the line says already
 */
export function logFields(known: () => Readonly<Record<string, unknown>>): LogFields {
  const fields = around.getStore();
  // A new one each time: pino writes the fields of the line into what it is given.
  if (fields === undefined) return {};
  const said = known();
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in said)));
}
