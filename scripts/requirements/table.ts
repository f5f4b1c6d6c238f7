/** The page of requirements, relative to the root. */
export const PAGE = 'docs/requirements.md';

/** One row of the page. */
export interface Requirement {
  /** Such as `S1-04`. */
  readonly number: string;
  readonly status: string;
}

/** A row: number, behaviour, status. */
export const ROW = /^\| (S\d-\d\d) \| (.+) \| (.+?) \|$/;

/** The rows of the page, in their order. */
export function parseRequirements(page: string): Requirement[] {
  const rows: Requirement[] = [];
  for (const line of page.split('\n')) {
    const [, number, , status] = ROW.exec(line) ?? [];
    if (number !== undefined && status !== undefined) rows.push({ number, status });
  }
  return rows;
}
