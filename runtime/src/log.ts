import { pino, type Logger } from 'pino';

export type { Logger };

/** Levels that every process accepts in its configuration. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A process's root logger: JSON lines on standard output, synchronous, so that a crash loses none.
 *
 * @param component what `component` says on each line, such as `sidecar`
 */
export function createLogger(component: string, level: LogLevel): Logger {
  return pino({
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}
