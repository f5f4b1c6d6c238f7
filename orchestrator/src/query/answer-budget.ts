import type { GraphQLError } from 'graphql';
import { limitRefusal } from './limit-refusal.ts';
import type { Permits } from './permits.ts';

/** Base64 makes 4 characters of 3 bytes. */
const BASE64_GROWTH = 4 / 3;

/**
 * How large the answer to one operation may still become. What an operation costs is known before it runs, but not how
 * long the texts are that it finds: hundreds of bodies, or one of them under many aliases, would fill the memory.
 */
export interface AnswerBudget {
  /** Why there is no answer; undefined as long as there may be one. */
  readonly refusal: GraphQLError | undefined;
  /** Takes account of a text and gives it back. @throws GraphQLError `ANSWER_TOO_LARGE` when it is too much */
  text<T extends string | null | undefined>(text: T): T;
  /** Takes account of bytes that the answer holds as base64. @throws GraphQLError `ANSWER_TOO_LARGE` */
  readonly bytes: (count: number) => void;
  /**
   * Reads bodies, one statement of an operation after the other, so that all of them together keep to what is allowed.
   *
   * @param many whether bodies of several exchanges are wanted; of such operations only some run at once
   * @param read is told how many bytes it may bring, and tells how many it has found
   * @throws GraphQLError `ANSWER_TOO_LARGE` when it found more
   */
  read<T extends { readonly bytes: number }>(
    many: boolean,
    read: (allowed: number) => Promise<T>,
  ): Promise<T>;
  /** Begins anew: for the next of the answers to one subscription, or because an answer has to be made again. */
  begin(): void;
  /** The operation has been answered: it reads nothing more. */
  readonly end: () => void;
}

/**
 * Bounds an answer to so many bytes, not counting what JSON makes of some characters.
 *
 * @param permits shared by all operations of a process: what is in memory at once is bounded, too
 */
export function createAnswerBudget(allowed: number, permits: Permits): AnswerBudget {
  let left = allowed;
  const readable = Math.floor(allowed / BASE64_GROWTH);
  let toRead = readable;
  let refusal: GraphQLError | undefined;
  let turn: Promise<unknown> = Promise.resolve();
  let release: (() => void) | undefined;
  let ended = false;

  const refuse = (): GraphQLError => (refusal ??= tooLarge(allowed));
  const take = (count: number): void => {
    left -= count;
    if (left < 0) throw refuse();
  };
  const end = (): void => {
    ended = true;
    release?.();
  };
  const readNow = async <T extends { readonly bytes: number }>(
    many: boolean,
    read: (allowed: number) => Promise<T>,
  ): Promise<T> => {
    if (many) release ??= await permits.take();
    // An operation that has failed is answered before all of its fields are.
    if (ended) end();
    if (refusal !== undefined || ended) throw refuse();
    const found = await read(toRead);
    toRead -= found.bytes;
    if (toRead < 0) throw refuse();
    return found;
  };

  return {
    get refusal() {
      return refusal;
    },
    text: (text) => {
      if (text != null) take(text.length);
      return text;
    },
    bytes: (count) => {
      take(Math.ceil(count * BASE64_GROWTH));
    },
    read: (many, read) => {
      const found = turn.then(() => readNow(many, read));
      turn = found.catch(() => undefined);
      return found;
    },
    begin: () => {
      left = allowed;
      toRead = readable;
      refusal = undefined;
    },
    end,
  };
}

function tooLarge(allowed: number): GraphQLError {
  return limitRefusal({
    code: 'ANSWER_TOO_LARGE',
    message:
      'The answer is too large: ask for fewer exchanges at once, or for their bodies one by one with request(id)',
    limit: 'CULVERT_MAX_ANSWER_BYTES',
    allowed,
  });
}
