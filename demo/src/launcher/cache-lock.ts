import { rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

const BEAT_MS = 2_000;
/** A holder that has not touched its file for so long is gone. */
const STALE_MS = 20_000;

/**
 * Does something while no other process does it: the holder of a lock file goes on, others wait for it.
 *
 * The file's time shows that its holder lives, so that one that was killed holds nobody up. Should two waiters find
 * a dead holder's file in the same instant, both go on: what is done under this lock must bear that.
 *
 * @param waiting called once when another process holds the lock
 */
export async function withCacheLock<T>(
  file: string,
  action: () => Promise<T>,
  waiting: () => void = () => undefined,
): Promise<T> {
  for (let told = false; !(await take(file));) {
    if (!told) waiting();
    told = true;
    await delay(200);
  }
  const beat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined); // taken over or removed: nothing left to keep alive
  }, BEAT_MS);
  beat.unref();
  try {
    return await action();
  } finally {
    clearInterval(beat);
    await rm(file, { force: true });
  }
}

async function take(file: string): Promise<boolean> {
  try {
    await writeFile(file, `${process.pid}\n`, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const held = await stat(file).catch(() => undefined);
  if (held !== undefined && Date.now() - held.mtimeMs > STALE_MS) await rm(file, { force: true });
  return false;
}
