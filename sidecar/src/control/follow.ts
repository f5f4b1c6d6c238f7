import type { Logger } from '@culvert/runtime/log';
import {
  directGetSubject,
  isNewer,
  keySubject,
  readStoredDocument,
  type Answer,
  type StoredDocument,
} from './stored-document.ts';

/** What following needs of the connection. */
export interface FollowLink {
  /** Hears a subject from now on, over reconnects too. */
  listen(subject: string, onMessage: (payload: Uint8Array) => void): void;
  /** Rejects when there is no answer. */
  request(subject: string, timeoutMs: number): Promise<Answer>;
}

export interface FollowOptions {
  readonly key: string;
  readonly link: FollowLink;
  readonly log: Logger;
  /** Called with every version that is newer than the last. */
  readonly onDocument: (text: string) => void;
}

/** Follows a key of the configuration bucket. */
export interface Follower {
  /** The connection came up: asks for the newest version, because changes may have gone by unheard. */
  connected(): void;
  stop(): void;
}

const ANSWER_MS = 1_000;
/**
 * After a change was heard, when to ask for it. Hearing it and being able to read it don't come in order, and not
 * everything that is heard is stored: an update that the stream refused is heard too.
 */
const LOOK_AFTER_MS = [0, 50, 150, 400, 1_000, 3_000];
/** A change that was neither heard nor found after a reconnect is found within this. */
const LOOK_ANYWAY_MS = 60_000;

/**
 * Follows a key without rights in JetStream's API beyond a direct get: what is heard only says that there is news, and
 * what is read decides, in the order of the stream.
 */
export function followKey({ key, link, log, onDocument }: FollowOptions): Follower {
  let known: StoredDocument | undefined;
  /** What was heard last since the connection came up: it is what shall be read, unless the stream refused it. */
  let heard: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let round = 0;
  const later = (run: () => void, delayMs: number): void => {
    clearTimeout(timer);
    if (stopped) return;
    timer = setTimeout(run, delayMs);
    timer.unref();
  };
  /** Whether nothing newer is expected. */
  const look = async (): Promise<boolean> => {
    const found = readStoredDocument(await link.request(directGetSubject(key), ANSWER_MS));
    if (stopped || found === undefined) return false;
    const isNews = isNewer(found, known);
    if (isNews) {
      known = found;
      onDocument(found.text);
    }
    // News may be what was stored before that which was heard.
    return heard === undefined ? isNews : known?.text === heard;
  };
  const chase = (attempt: number, own: number): void => {
    if (own !== round) return;
    const delayMs = LOOK_AFTER_MS[attempt];
    if (delayMs === undefined) {
      later(begin, LOOK_ANYWAY_MS);
      return;
    }
    later(() => {
      look().then(
        (isLast) => {
          chase(isLast ? LOOK_AFTER_MS.length : attempt + 1, own);
        },
        (error: unknown) => {
          log.debug({ err: error, key }, 'the configuration could not be read; it is asked for again');
          chase(attempt + 1, own);
        },
      );
    }, delayMs);
  };
  // What is under way may have read what was there before the news: it schedules nothing more.
  const begin = (): void => {
    chase(0, ++round);
  };
  link.listen(keySubject(key), (payload) => {
    heard = Buffer.from(payload).toString('utf8');
    begin();
  });
  return {
    connected() {
      heard = undefined;
      begin();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
