import { pino } from 'pino';
import type { Logger } from '@culvert/runtime/log';

/** A log that keeps its lines. */
export function createTestLog(): { readonly log: Logger; readonly lines: Record<string, unknown>[] } {
  const lines: Record<string, unknown>[] = [];
  const log = pino({ level: 'trace' }, { write: (line: string) => lines.push(JSON.parse(line) as never) });
  return { log, lines };
}
