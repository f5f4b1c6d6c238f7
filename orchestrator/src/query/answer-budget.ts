import type { GraphQLError } from 'graphql';
import { limitRefusal } from './limit-refusal.ts';

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
   * @param read is told how many bytes it may bring, and tells how many it has found
   * @throws GraphQLError `ANSWER_TOO_LARGE` when it found more
   */
  read<T extends { readonly bytes: number }>(read: (allowed: number) => Promise<T>): Promise<T>;
  /** Begins anew, for the next of the answers to one subscription. */
  begin(): void;
}

/** Bounds an answer to so many bytes, not counting what JSON makes of some characters. */
export function createAnswerBudget(allowed: number): AnswerBudget {
  let left = allowed;
  let toRead = Math.floor(allowed / BASE64_GROWTH);
  let refusal: GraphQLError | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const refuse = (): GraphQLError => (refusal ??= tooLarge(allowed));
  const take = (count: number): void => {
    left -= count;
    if (left < 0) throw refuse();
  };
  const readNow = async <T extends { readonly bytes: number }>(
    read: (allowed: number) => Promise<T>,
  ): Promise<T> => {
    if (refusal !== undefined) throw refusal;
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
    read: (read) => {
      const found = turn.then(() => readNow(read));
      turn = found.catch(() => undefined);
      return found;
    },
    begin: () => {
      left = allowed;
      refusal = undefined;
    },
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
