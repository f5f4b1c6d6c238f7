import { badArgument } from './bad-argument.ts';

const VERSION = 'l1:';

/** A place in a list of dead letters, as opaque text. */
export function letterCursor(id: string): string {
  return Buffer.from(`${VERSION}${id}`).toString('base64url');
}

/** @throws GraphQLError `BAD_USER_INPUT` when the text is no cursor of such a list */
export function parseLetterCursor(text: string): string {
  const decoded = Buffer.from(text, 'base64url').toString('latin1');
  const id = decoded.slice(VERSION.length);
  if (!decoded.startsWith(VERSION) || !isLetterId(id) || letterCursor(id) !== text)
    throw badArgument(
      'after',
      'is no cursor of a list of dead letters',
      'an endCursor or cursor of deadLetters',
    );
  return id;
}

/** Whether a text is the id of a letter that there may be. */
export function isLetterId(text: string): boolean {
  return /^[1-9]\d{0,17}$/.test(text);
}
