import type { Logger } from '@culvert/runtime/log';
import { watch, type FSWatcher } from 'node:fs';
import type { CertificateSource } from './source.ts';

const INTERVAL_MS = 10_000;
/** Until there is a certificate, so that a start is not held up. */
const EAGER_INTERVAL_MS = 1_000;

/** Looks after certificates until it is closed. */
export interface CertificateKeeper {
  close(): Promise<void>;
}

/**
 * Steps a source again and again, the first time at once.
 *
 * @param directory is watched too where it is given: a change in it is a reason to look
 */
export function keepCertificates(
  source: CertificateSource,
  log: Logger,
  directory?: string,
): CertificateKeeper {
  let timer: NodeJS.Timeout | undefined;
  let again = false;
  let closed = false;
  let running: Promise<void> | undefined;

  const look = (): void => {
    clearTimeout(timer);
    if (running !== undefined) {
      again = true;
      return;
    }
    if (closed) return;
    again = false;
    running = source
      .step()
      .catch((error: unknown) => {
        log.warn({ err: error }, 'webhook certificates could not be looked after');
      })
      .finally(() => {
        running = undefined;
        if (closed) return;
        const interval = source.problem() === undefined ? INTERVAL_MS : EAGER_INTERVAL_MS;
        timer = setTimeout(look, again ? 0 : interval);
      });
  };

  const watcher = directory === undefined ? undefined : watchDirectory(directory, look, log);
  look();
  return {
    async close() {
      closed = true;
      clearTimeout(timer);
      watcher?.close();
      await running;
    },
  };
}

/** Mounted Secrets change by a link in the directory that is put in the place of another. */
function watchDirectory(directory: string, changed: () => void, log: Logger): FSWatcher | undefined {
  try {
    const watcher = watch(directory, changed);
    watcher.on('error', (error) => {
      log.warn({ err: error, directory }, 'the directory of certificates is not watched, only looked at');
    });
    return watcher;
  } catch (error) {
    log.warn({ err: error, directory }, 'the directory of certificates is not watched, only looked at');
    return undefined;
  }
}
