/** Ways to make text stand out; each returns the text as it is where colours are off. */
export interface Style {
  readonly bold: Paint;
  readonly dim: Paint;
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly notable: Paint;
}

export type Paint = (text: string) => string;

/** Styles by SGR sequences, or none. */
export function createStyle(coloured: boolean): Style {
  const wrap =
    (code: number): Paint =>
    (text) =>
      coloured && text !== '' ? `\u001b[${code}m${text}\u001b[0m` : text;
  return { bold: wrap(1), dim: wrap(2), good: wrap(32), bad: wrap(31), warn: wrap(33), notable: wrap(36) };
}

/**
 * Whether to colour: as asked, else on a terminal that can, unless NO_COLOR is set (https://no-color.org) .
 *
 * @param asked the value of `--color`
 */
export function isColoured(
  asked: 'auto' | 'always' | 'never',
  terminal: boolean,
  environment: { readonly noColor: string; readonly term: string },
): boolean {
  if (asked !== 'auto') return asked === 'always';
  return terminal && environment.noColor === '' && environment.term !== 'dumb';
}
