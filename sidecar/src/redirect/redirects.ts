/** A port of the application and the port of the sidecar that connections to it go to instead. */
export interface Redirect {
  readonly from: number;
  readonly to: number;
}

const FORM = 'must look like PORT:PORT[,PORT:PORT…], such as 8080:15900';

/**
 * Reads `CULVERT_REDIRECT`: `PORT:PORT`, several separated by commas.
 *
 * @throws Error that completes "CULVERT_REDIRECT …" and names every entry that is wrong
 */
export function parseRedirects(text: string): readonly Redirect[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new Error(FORM);
  const redirects = entries.map(parseRedirect);
  const mistakes = redirects.filter((redirect) => typeof redirect === 'string');
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
  const read = redirects.filter((redirect) => typeof redirect !== 'string');
  const targets = new Set(read.map(({ to }) => to));
  const sources = new Set<number>();
  for (const { from } of read) {
    if (sources.has(from)) throw new Error(`redirects port ${from} twice`);
    if (targets.has(from)) throw new Error(`redirects port ${from}, which it also redirects to`);
    sources.add(from);
  }
  return read;
}

function parseRedirect(entry: string): Redirect | string {
  const match = /^(\d{1,5}):(\d{1,5})$/.exec(entry);
  if (match === null) return `${FORM}, not ${JSON.stringify(entry)}`;
  const [from, to] = [Number(match[1]), Number(match[2])];
  if (!isPort(from) || !isPort(to)) return `needs ports from 1 to 65535, not ${JSON.stringify(entry)}`;
  return { from, to };
}

function isPort(number: number): boolean {
  return number >= 1 && number <= 65_535;
}
