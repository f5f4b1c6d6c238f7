/** What a request target can't hold: such bytes are sent as escapes. */
const NOT_IN_TARGET = /[\0-\x20\x7f]/;

/**
 * Reads what a path begins with, query included.
 *
 * @throws Error whose message completes "--path …"
 */
export function parsePathPrefix(text: string): string {
  checkBeginning(text);
  if (NOT_IN_TARGET.test(text))
    throw new Error(
      `can hold no blank or control character: requests send them as escapes, such as ${JSON.stringify(text.replaceAll(new RegExp(NOT_IN_TARGET, 'g'), escaped))}`,
    );
  return text;
}

/**
 * Reads a path template, as counts have it.
 *
 * @throws Error whose message completes "--path …"
 */
export function parseTemplate(text: string): string {
  checkBeginning(text);
  const [path = ''] = text.split(/[?#;]/);
  if (path !== text)
    throw new Error(
      `takes a path template without query, as --by path shows it; did you mean ${JSON.stringify(path)}?`,
    );
  return text;
}

function checkBeginning(text: string): void {
  if (text === '') throw new Error('needs a value');
  const [, host, path = ''] = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (host !== undefined)
    throw new Error(
      `takes a path, not a URL: ${JSON.stringify(text)}; did you mean --path ${JSON.stringify(path === '' ? '/' : path)}?`,
    );
  if (!/^[/?]/.test(text))
    throw new Error(`must begin with a slash, as paths do; did you mean ${JSON.stringify(`/${text}`)}?`);
}

function escaped(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
}
