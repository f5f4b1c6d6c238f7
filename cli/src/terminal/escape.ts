/**
 * Text from traffic, made harmless. A terminal obeys control characters: it would move the cursor, change its title,
 * or show right-to-left what reads differently. Whoever sends requests could so write on the screen of whoever looks.
 */

/** Control, format (bidirectional and zero-width ones too), separators of lines, private use, halves of pairs. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;
const UNSAFE_BUT_LAYOUT = /(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cs}]/gu;

/** One line of text: everything that isn't plainly visible is written as `\n`, `\x1b` or `\u{202e}`. */
export function escapeLine(text: string): string {
  return text.replace(UNSAFE, written);
}

/** Text of several lines: as {@link escapeLine}, but line feeds and tabs stay, and CR LF is a line feed. */
export function escapeText(text: string): string {
  return text.replaceAll('\r\n', '\n').replace(UNSAFE_BUT_LAYOUT, written);
}

/** JSON that says the same without any character that a terminal could obey. */
export function escapeJson(json: string): string {
  return json.replace(UNSAFE, (character) =>
    Array.from({ length: character.length }, (_, index) => unit(character.charCodeAt(index))).join(''),
  );
}

function written(character: string): string {
  if (character === '\n') return '\\n';
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
