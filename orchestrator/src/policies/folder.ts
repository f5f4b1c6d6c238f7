import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from '../reason.ts';
import { isPolicyFile, planFiles, type Signatures } from './plan.ts';

/** What a folder tells. */
export interface FolderEvents {
  /** A file is new or has changed; `problem` instead of its text when it can't be read. */
  readonly onFile: (name: string, content: { readonly text: string } | { readonly problem: string }) => void;
  readonly onRemoved: (name: string) => void;
  /** After all changes of one scan. */
  readonly onScanned: (changed: boolean) => void;
  /** The folder itself can't be read, or can be again. */
  readonly onFolder: (problem: string | undefined) => void;
}

const EVERY_MS = 300;
/** Reading takes seconds for each megabyte, in which this process does nothing else. */
const LARGEST_BYTES = 1024 * 1024;

/**
 * Follows the files of a folder, not those of folders below it, by looking at them again and again: that finds every
 * change on every kind of file system, also those that a swapped symbolic link makes. What was read stays while the
 * folder can't be.
 *
 * @returns ends it
 */
export function followFolder(directory: string, events: FolderEvents): () => void {
  const ending = new AbortController();
  const read = new Map<string, string>();
  let previous: Signatures = new Map();

  const scan = async (): Promise<void> => {
    const current = await signaturesIn(directory);
    events.onFolder(undefined);
    const plan = planFiles(previous, current, read);
    previous = current;
    for (const name of plan.read) {
      const content = await contentOf(join(directory, name));
      if (ending.signal.aborted) return;
      read.set(name, current.get(name) ?? '');
      events.onFile(name, content);
    }
    for (const name of plan.forget) {
      read.delete(name);
      events.onRemoved(name);
    }
    events.onScanned(plan.read.length + plan.forget.length > 0);
  };
  void (async () => {
    while (!ending.signal.aborted) {
      await scan().catch((error: unknown) => {
        events.onFolder(reasonOf(error));
      });
      await delay(EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  })();
  return () => {
    ending.abort();
  };
}

async function signaturesIn(directory: string): Promise<Signatures> {
  const names = (await readdir(directory)).filter(isPolicyFile);
  const found = await Promise.all(
    names.map(async (name) => {
      // A file may go away between the two questions, and a link may lead nowhere for a moment.
      const status = await stat(join(directory, name), { bigint: true }).catch(() => undefined);
      if (status?.isFile() !== true) return [];
      return [[name, [status.dev, status.ino, status.size, status.mtimeNs, status.ctimeNs].join()] as const];
    }),
  );
  return new Map(found.flat());
}

async function contentOf(path: string): Promise<{ readonly text: string } | { readonly problem: string }> {
  try {
    const { size } = await stat(path);
    if (size > LARGEST_BYTES) return { problem: `has ${size} bytes; at most ${LARGEST_BYTES} are read` };
    return { text: await readFile(path, 'utf8') };
  } catch (error) {
    return { problem: `can't be read: ${reasonOf(error)}` };
  }
}
