import { badArgument } from './bad-argument.ts';

/** The first byte of every cursor, so that a later form can be told from this one. */
const VERSION = 1;
const BYTES = 17;

/** The place of an exchange among all of them, as opaque text. It stays right when the exchange itself has gone. */
export function transactionCursor(requestId: string): string {
  return Buffer.from(`0${VERSION}${requestId.replaceAll('-', '')}`, 'hex').toString('base64url');
}

/** @throws GraphQLError `BAD_USER_INPUT` when the text is no cursor of a list of exchanges */
export function parseTransactionCursor(text: string): string {
  const bytes = Buffer.from(text.slice(0, 2 * BYTES), 'base64url');
  const hex = bytes.toString('hex', 1);
  const id = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join(
    '-',
  );
  // Decoding forgives much: only the text that this place would get is taken.
  if (bytes.length !== BYTES || bytes[0] !== VERSION || transactionCursor(id) !== text)
    throw badArgument(
      'after',
      'it is no cursor of a list of exchanges',
      'an endCursor or cursor of transactions',
    );
  return id;
}
