import { decoders, reasonOf } from './codings.ts';

/** What bytes a content coding hides, or why that can't be said. */
export type Decoded =
  | {
      readonly kind: 'decoded';
      readonly bytes: Buffer;
      /** The codings that were undone, in the order in which they were applied. */
      readonly codings: readonly string[];
      /** What is wrong with it nevertheless: a stream that ends early, or a coding that is left. */
      readonly damage?: string;
    }
  | { readonly kind: 'undecodable'; readonly coding: string; readonly reason: string };

const MAX_CODINGS = 4;

/**
 * Undoes the content codings of a body (RFC 9110 §8.4), the last one first.
 *
 * @param encoding the value of Content-Encoding; of several lines, their values joined by commas
 * @param cut whether only the beginning of the body is there: what can be decoded of it is
 */
export function decodeBody(body: Buffer, encoding: string | undefined, cut = false): Decoded {
  const codings = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (codings.length > MAX_CODINGS)
    return { kind: 'undecodable', coding: encoding ?? '', reason: `more than ${MAX_CODINGS} codings` };
  const damage: string[] = [];
  let bytes = body;
  let left = codings.length;
  while (left > 0 && bytes.length > 0) {
    const coding = codings[left - 1] ?? '';
    const undone = undo(bytes, coding, cut || damage.length > 0);
    if ('reason' in undone) {
      if (left === codings.length) return { kind: 'undecodable', coding, reason: undone.reason };
      damage.push(`${coding}: ${undone.reason}`);
      break;
    }
    ({ bytes } = undone);
    if (undone.damage !== undefined) damage.push(`${coding}: ${undone.damage}`);
    left--;
  }
  return {
    kind: 'decoded',
    bytes,
    // Nothing is empty in any coding.
    codings: bytes.length === 0 ? codings : codings.slice(left),
    ...(damage.length > 0 && { damage: damage.join(', ') }),
  };
}

function undo(
  bytes: Buffer,
  coding: string,
  cut: boolean,
): { readonly bytes: Buffer; readonly damage?: string } | { readonly reason: string } {
  const decode = decoders.get(coding);
  if (decode === undefined) return { reason: 'no decoder for it here' };
  try {
    return decode(bytes, cut);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}
