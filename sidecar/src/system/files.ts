import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Where is told what can't be read. */
export interface FaultLog {
  info(details: { readonly err: unknown }, message: string): void;
}

/** Reads the small files in which the kernel tells how it does. */
export interface Files {
  /** The text of a file; undefined when it can't be read, which is logged once a file. */
  text(path: string): string | undefined;
  /** The same for a file that need not exist: silent. */
  optional(path: string): string | undefined;
  /** The names in a directory, none when it can't be read. */
  names(path: string): readonly string[];
  /** Where a link leads; undefined when there is none. */
  link(path: string): string | undefined;
}

/**
 * Reads at once instead of asking the thread pool: the kernel makes these texts from memory, in a few microseconds.
 */
export function createFiles(log: FaultLog): Files {
  const told = new Set<string>();
  const attempt = <T>(read: () => T, otherwise: (error: unknown) => T): T => {
    try {
      return read();
    } catch (error) {
      return otherwise(error);
    }
  };
  return {
    text: (path) =>
      attempt<string | undefined>(
        () => readFileSync(path, 'latin1'),
        (error) => {
          if (!told.has(path)) log.info({ err: error }, `can not read ${path}; what it tells is left out`);
          told.add(path);
          return undefined;
        },
      ),
    optional: (path) =>
      attempt<string | undefined>(
        () => readFileSync(path, 'latin1'),
        () => undefined,
      ),
    names: (path) =>
      attempt<readonly string[]>(
        () => readdirSync(path),
        () => [],
      ),
    link: (path) =>
      attempt<string | undefined>(
        () => readlinkSync(path),
        () => undefined,
      ),
  };
}
