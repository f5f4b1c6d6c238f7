import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';
import type { Readable } from 'node:stream';

const KEPT_LINES = 40;

/** What a child process printed. */
export interface Output {
  /** The last lines, oldest first, for an error message. */
  tail(lines?: number): string;
  /** Reads a stream of the child's line by line. */
  follow(stream: Readable): void;
  close(): void;
}

/**
 * Keeps the last lines that a child prints and appends all of them to a log file.
 *
 * @param logFile where everything goes; undefined: nowhere
 */
export function collectOutput(logFile?: string, onLine?: (line: string) => void): Output {
  const kept: string[] = [];
  let file: WriteStream | undefined;
  if (logFile !== undefined) {
    mkdirSync(dirname(logFile), { recursive: true });
    file = createWriteStream(logFile, { flags: 'a' });
    file.on('error', () => undefined); // a full disk must not end the launcher
  }
  return {
    tail: (lines = 25) => kept.slice(-lines).join('\n'),
    follow(stream) {
      let rest = '';
      const take = (line: string): void => {
        kept.push(line);
        if (kept.length > KEPT_LINES) kept.shift();
        onLine?.(line);
      };
      stream.setEncoding('utf8');
      stream.on('data', (text: string) => {
        file?.write(text);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        lines.forEach(take);
      });
      stream.on('end', () => {
        if (rest !== '') take(rest);
      });
    },
    close: () => file?.end(),
  };
}
