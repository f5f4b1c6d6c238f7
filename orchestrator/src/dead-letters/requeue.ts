import { jetstream, JetStreamApiError } from '@nats-io/jetstream';
import { errors, headers, type NatsConnection } from '@nats-io/transport-node';
import type pg from 'pg';
import type { Logger } from '@culvert/runtime/log';
import { reasonOf } from '../reason.ts';
import { letterHeaders } from './message.ts';
import { endLease, putBack, takeLetters, type TakenLetter } from './take.ts';

/** A letter that was not sent back, or not for certain. */
export interface RequeueFailure {
  readonly id: string;
  readonly reason: string;
}

/** What became of letters that were to be sent back. */
export interface RequeueResult {
  /** How many the stream has taken. */
  readonly requeued: number;
  readonly failed: readonly RequeueFailure[];
}

/** Sends dead letters back. */
export interface DeadLetterOffice {
  /**
   * Takes letters out of the dead ones and publishes them as they came.
   *
   * @returns `unavailable` with a sentence when NATS is away; then no letter has been touched
   * @throws when Postgres is away
   */
  requeue(ids: readonly string[]): Promise<RequeueResult | { readonly unavailable: string }>;
}

/** What {@link createDeadLetterOffice} needs. */
export interface DeadLetterOfficeOptions {
  readonly pool: pg.Pool;
  /** The connection while it is up. */
  readonly connection: () => NatsConnection | undefined;
  /** Unix time in milliseconds. */
  readonly now: () => number;
  readonly log: Logger;
}

/** Bounds what is in memory: a payload may have a megabyte. */
const LETTERS_AT_ONCE = 16;
const PUBLISH_TIMEOUT_MS = 5_000;
const AWAY = 'NATS can not be reached; try again soon.';

/** Works portion by portion; a portion that was taken but not published can be sent again. */
export function createDeadLetterOffice(options: DeadLetterOfficeOptions): DeadLetterOffice {
  const { pool, connection, now, log } = options;

  async function send(nats: NatsConnection, ids: readonly string[]): Promise<RequeueResult> {
    const taken = await takeLetters(pool, ids, now());
    const results = await Promise.all(taken.letters.map((letter) => publish(nats, letter)));
    const uncertain = taken.letters.filter((_, index) => results[index]?.state === 'uncertain');
    if (uncertain.length > 0)
      await endLease(
        pool,
        uncertain.map((letter) => letter.dead_letter_id),
      );
    for (const [index, letter] of taken.letters.entries())
      if (results[index]?.state === 'refused') await putBack(pool, letter);
    const failed = taken.letters.flatMap((letter, index) => {
      const result = results[index];
      return result === undefined || result.state === 'sent'
        ? []
        : { id: letter.dead_letter_id, reason: result.reason };
    });
    return {
      requeued: taken.letters.length - failed.length,
      failed: [...taken.refused, ...failed],
    };
  }

  async function publish(nats: NatsConnection, letter: TakenLetter): Promise<Published> {
    const fields = headers();
    for (const [name, value] of Object.entries(letterHeaders(letter, now()))) fields.set(name, value);
    try {
      await jetstream(nats, { timeout: PUBLISH_TIMEOUT_MS }).publish(letter.subject, letter.payload, {
        headers: fields,
      });
      return { state: 'sent' };
    } catch (error) {
      // An earlier attempt may have got through, whatever this one says.
      if (isRefusal(error) && !letter.repeated)
        return { state: 'refused', reason: `the stream refuses it: ${reasonOf(error)}` };
      return {
        state: 'uncertain',
        reason: `it can't be told whether the stream has it (${reasonOf(error)}); requeue it again`,
      };
    }
  }

  return {
    async requeue(ids) {
      let requeued = 0;
      const failed: RequeueFailure[] = [];
      if (connection() === undefined) return { unavailable: AWAY };
      for (let start = 0; start < ids.length; start += LETTERS_AT_ONCE) {
        const portion = ids.slice(start, start + LETTERS_AT_ONCE);
        const nats = connection();
        if (nats === undefined) {
          failed.push(...portion.map((id) => ({ id, reason: AWAY })));
          continue;
        }
        const result = await send(nats, portion);
        requeued += result.requeued;
        failed.push(...result.failed);
      }
      log.info({ requeued, failed: failed.length }, 'dead letters requeued');
      return { requeued, failed };
    },
  };
}

type Published =
  { readonly state: 'sent' } | { readonly state: 'refused' | 'uncertain'; readonly reason: string };

/** Whether it is certain that the stream has not taken a message. */
function isRefusal(error: unknown): boolean {
  return error instanceof JetStreamApiError || error instanceof errors.InvalidArgumentError;
}
