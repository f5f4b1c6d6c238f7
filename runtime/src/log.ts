import { pino, type DestinationStream, type Logger, type LoggerOptions } from 'pino';
import { logFields } from './log-context.ts';
import { loggedError } from './log-error.ts';

export type { Logger };

/** Levels that every process accepts in its configuration. */
export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * A process's root logger: JSON lines on standard output, synchronous, so that a crash loses none. Loggers of parts
 * are its children and follow its level when that changes.
 *
 * @param component what `component` says on each line, such as `sidecar`
 * @param destination where lines go instead of standard output
 */
export function createLogger(component: string, level: LogLevel, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level,
    base: { component },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    serializers: { err: loggedError },
    mixin: (_line, _level, logger) => logFields(() => logger.bindings()),
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}
