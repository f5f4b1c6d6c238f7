import { type Requirement, ROW } from './table.ts';

const RULING = /^(?:ruling|superseded): \S/;

/**
 * Where the page and the tests disagree, one sentence each.
 *
 * @param titled the numbers that titles of tests carry, each with the file
 */
export function disagreements(
  requirements: readonly Requirement[],
  titled: ReadonlyMap<string, string>,
): string[] {
  const problems: string[] = [];
  const known = new Set<string>();
  for (const { number, status } of requirements) {
    const file = titled.get(number);
    if (known.has(number)) problems.push(`${number} has two rows`);
    known.add(number);
    if (status === 'shown') {
      if (file === undefined) problems.push(`${number} is said to be shown, but no test's title carries it`);
    } else if (status !== 'not yet' && !RULING.test(status)) {
      problems.push(
        `${number} has the status "${status}"; use shown, not yet, "ruling: …" or "superseded: …"`,
      );
    } else if (file !== undefined)
      problems.push(`${number} is shown by ${file}, but its status is "${status}"`);
  }
  for (const [number, file] of titled) {
    if (!known.has(number)) problems.push(`${file} names ${number}, which is not in the list`);
  }
  return problems;
}

/** The page with `shown` and `not yet` set by what the tests show; rulings stay. */
export function withStatuses(page: string, shown: ReadonlySet<string>): string {
  return page
    .split('\n')
    .map((line) => {
      const [, number, behaviour, status] = ROW.exec(line) ?? [];
      if (number === undefined || (status !== 'shown' && status !== 'not yet')) return line;
      return `| ${number} | ${behaviour} | ${shown.has(number) ? 'shown' : 'not yet'} |`;
    })
    .join('\n');
}
