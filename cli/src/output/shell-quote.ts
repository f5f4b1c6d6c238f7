/**
 * Quoting for sh, bash and zsh alike: whatever the bytes are, the shell passes exactly them on as one argument and
 * runs none of them. No character is written that a terminal could obey.
 *
 * No word stays bare. zsh alone would take `=ls` for the path of a program, `~` for a folder, `^` and `#` for patterns,
 * and by the options and global aliases of a person any letters for something else.
 */

/** Between quotes a line feed stays what it is; a tab would be taken for a wish to complete when it is pasted. */
const UNQUOTABLE = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/u;
/** Behind a line feed, interactive bash before 5.0 has forgotten the quotes and looks for its history. */
const HISTORY = /\n(?:[^]*!|\^)/;
/** What a format of printf may hold as it is: neither special to printf nor to a shell, whatever stands around it. */
const NOT_IN_FORMAT = /^-|[^\w +,./:;=?@&()<>[\]{}|~#*^-]/g;

/**
 * One argument.
 *
 * @param bytes each character stands for one byte (latin1); {@link canBeArgument} must hold
 */
export function quoteArgument(bytes: string): string {
  const text = quotable(bytes);
  // printf's octal escapes are the only ones that all shells know; it is built into them, so nothing is too long for it.
  return text === undefined ? `"$(printf '${printfFormat(bytes)}')"` : `'${text.replaceAll("'", "'\\''")}'`;
}

/** Whether {@link quoteArgument} can say it: no NUL; and a substitution loses line feeds at its end. */
export function canBeArgument(bytes: string): boolean {
  return !bytes.includes('\0') && (isQuotable(bytes) || !bytes.endsWith('\n'));
}

/** Whether it can stand between quotes, so that it can be read. */
export function isQuotable(bytes: string): boolean {
  return quotable(bytes) !== undefined;
}

/** The text that may stand between quotes, if the bytes are UTF-8 and all of it is visible. */
function quotable(bytes: string): string | undefined {
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  if (UNQUOTABLE.test(text) || HISTORY.test(text)) return undefined;
  return Buffer.from(text, 'utf8').equals(buffer) ? text : undefined;
}

/** A dash at the beginning would make an option of it. */
function printfFormat(bytes: string): string {
  return bytes.replace(NOT_IN_FORMAT, (character) => {
    // Some shells replace escapes first, and would find a conversion then.
    if (character === '%') return '%%';
    return character === '\\' ? '\\\\' : `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
  });
}
