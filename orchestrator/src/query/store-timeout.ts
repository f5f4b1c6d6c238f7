import { GraphQLError } from 'graphql';

/** What makes the most of each field that no index serves well. */
const ADVICE: Readonly<Record<string, string>> = {
  urlContains: 'a longer text',
  pathPrefix: 'a longer prefix',
};

/**
 * The error for a list that took too long, with what to narrow: a text that is looked for, or else the time.
 *
 * @param fields the fields of the filter that were given, without its time
 */
export function tooSlow(fields: readonly string[], cause?: Error): GraphQLError {
  const text = fields.find((field) => ADVICE[field] !== undefined);
  const arguments_ = [...(text === undefined ? [] : [`filter.${text}`]), 'filter.since'];
  const advice = [
    ...(text === undefined ? [] : [`give filter.${text} ${ADVICE[text] ?? ''}`]),
    'narrow the time by filter.since and filter.until',
  ].join(', or ');
  return new GraphQLError(`The store took too long: ${advice}.`, {
    extensions: { code: 'STORE_TIMEOUT', argument: arguments_[0], narrow: arguments_ },
    ...(cause !== undefined && { originalError: cause }),
  });
}

/**
 * Runs what reads a list that takes no filter: when it takes too long, the advice names nothing that the list lacks.
 *
 * @throws GraphQLError `STORE_TIMEOUT`; anything else as it came
 */
export async function withoutFilter<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof GraphQLError) || error.extensions['code'] !== 'STORE_TIMEOUT') throw error;
    throw new GraphQLError(
      'The store took too long: select fewer fields, or ask for fewer exchanges by transactions.',
      { extensions: { code: 'STORE_TIMEOUT' }, originalError: error.originalError ?? null },
    );
  }
}
