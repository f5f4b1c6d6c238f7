/**
 * Quoting for sh, bash and zsh alike: whatever the bytes are, the shell passes exactly them on as one argument and
 * runs none of them. No character is written that a terminal could obey.
 */

const PLAIN = /^[\w@%+=:,./-]+$/;
/** Between quotes a line feed stays what it is; a tab would be taken for a wish to complete when it is pasted. */
const UNQUOTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;

/**
 * One argument.
 *
 * @param bytes each character stands for one byte (latin1); {@link canBeArgument} must hold
 */
export function quoteArgument(bytes: string): string {
  if (PLAIN.test(bytes)) return bytes;
  const text = quotable(bytes);
  // printf's octal escapes are the only ones that all shells know; it is built into them, so nothing is too long for it.
  return text === undefined ? `"$(printf ${quoted(printfFormat(bytes))})"` : quoted(text);
}

/** Whether {@link quoteArgument} can say it: no NUL; and a substitution loses line feeds at its end. */
export function canBeArgument(bytes: string): boolean {
  return !bytes.includes('\0') && (quotable(bytes) !== undefined || !bytes.endsWith('\n'));
}

/** The text that may stand between quotes, if the bytes are UTF-8 and all of it is visible. */
function quotable(bytes: string): string | undefined {
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  return UNQUOTABLE.test(text) || !Buffer.from(text, 'utf8').equals(buffer) ? undefined : text;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** An exclamation mark is escaped too: interactive shells look for it between double quotes. */
function printfFormat(bytes: string): string {
  return bytes.replace(/[^\x20-\x7e]|[\\%!]/g, (character) => {
    if (character === '%') return '%%';
    if (character === '\\') return '\\\\';
    return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
}
