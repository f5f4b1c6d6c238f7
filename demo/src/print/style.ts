/** Ways to make text stand out; each returns the text as it is where colours are off. */
export interface Style {
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly warn: (text: string) => string;
}

/** Colours for a terminal, and for nothing else: NO_COLOR and TERM=dumb are honoured. */
export function createStyle(isTerminal: boolean, environment: NodeJS.ProcessEnv): Style {
  const coloured = isTerminal && !environment['NO_COLOR'] && environment['TERM'] !== 'dumb';
  const wrap = (code: number) => (text: string) => (coloured ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { bold: wrap(1), dim: wrap(2), good: wrap(32), bad: wrap(31), warn: wrap(33) };
}
