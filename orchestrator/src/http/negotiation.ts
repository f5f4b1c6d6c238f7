/** What an answer of GraphQL can be sent as. */
export type AnswerType = 'application/json' | 'application/graphql-response+json' | 'text/event-stream';

const TYPES: readonly AnswerType[] = [
  'application/json',
  'application/graphql-response+json',
  'text/event-stream',
];
/** Enough for any client; browsers name about eight. */
const MOST_RANGES = 30;

/**
 * Chooses what to answer with by the header `Accept` (RFC 9110 §12.5.1): the acceptable type that the client likes
 * best, of several the one it names first. Nothing named: JSON, which all clients from before the newer type expect.
 *
 * @returns undefined when nothing is acceptable
 */
export function chooseAnswerType(accept: string | undefined): AnswerType | undefined {
  if (accept === undefined || accept.trim() === '') return 'application/json';
  let best: { readonly type: AnswerType; readonly quality: number } | undefined;
  for (const range of accept.split(',', MOST_RANGES)) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    // A stream is only for those who name it: others would wait for its end.
    const type = TYPES.find((candidate) => candidate === name) ?? wildcard(name);
    const quality = qualityOf(parameters);
    if (type !== undefined && quality > (best?.quality ?? 0)) best = { type, quality };
  }
  return best?.type;
}

function wildcard(name: string): AnswerType | undefined {
  return name === '*/*' || name === 'application/*' ? 'application/json' : undefined;
}

function qualityOf(parameters: readonly string[]): number {
  const weight = parameters.find((parameter) => parameter.startsWith('q='));
  const quality = weight === undefined ? 1 : Number(weight.slice(2));
  return Number.isNaN(quality) ? 1 : quality;
}
