import { pathTemplate } from '@culvert/traffic/path-template';

/** A row of `http_transactions` as far as it is counted. */
export interface EndedRow {
  readonly request_id: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly workload: string;
  readonly method: string | null;
  readonly path: string | null;
  readonly status: number | null;
  readonly outcome: number;
  readonly response_end: number | null;
  readonly duration_us: string;
  readonly request_body_bytes: string;
  readonly response_body_bytes: string;
}

/** What stands in a group of answers and of naive counts alike. */
export interface ComparedGroup {
  readonly key: string;
  readonly count: number;
  readonly errors: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
  /** All latencies in milliseconds, sorted. */
  readonly latenciesMs: readonly number[];
}

export const ENDED_ROWS = `SELECT request_id::text, cluster, namespace, workload, method, path, status, outcome,
  response_end,   duration_us, request_body_bytes, response_body_bytes FROM culvert.http_transactions WHERE outcome IS NOT NULL`;

const KNOWN_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH'];
const ABORTED = [2, 3];
const CUT = 2;

/** An agent that does not tell how a response ended is believed its outcome. */
function isCut({ outcome, response_end }: EndedRow): boolean {
  return response_end === null ? ABORTED.includes(outcome) : response_end === CUT;
}

/** What a row is grouped by, under the names of the groups' fields. */
export function fieldsOf(row: EndedRow): Readonly<Record<string, string | number>> {
  const known = FIELDS.get(row);
  if (known !== undefined) return known;
  const fields = {
    cluster: row.cluster,
    namespace: row.namespace,
    workload: row.workload,
    method: row.method !== null && KNOWN_METHODS.includes(row.method) ? row.method : '_OTHER',
    pathTemplate: pathTemplate(row.path ?? ''),
    statusClass: row.status === null ? 0 : Math.floor(row.status / 100),
  };
  FIELDS.set(row, fields);
  return fields;
}

const FIELDS = new WeakMap<EndedRow, Readonly<Record<string, string | number>>>();

/** When the request of a row began, in Unix milliseconds. */
export function timeOf(row: EndedRow): number {
  return Number.parseInt(row.request_id.replace('-', '').slice(0, 12), 16);
}

/** Counts rows one by one. */
export function naiveStats(
  rows: readonly EndedRow[],
  keyOf: (row: EndedRow) => string,
): Map<string, ComparedGroup> {
  const groups = new Map<string, EndedRow[]>();
  for (const row of rows) {
    const key = keyOf(row);
    const members = groups.get(key);
    if (members === undefined) groups.set(key, [row]);
    else members.push(row);
  }
  const sum = (members: readonly EndedRow[], value: (row: EndedRow) => number): number =>
    members.reduce((total, row) => total + value(row), 0);
  return new Map(
    [...groups].map(([key, members]) => [
      key,
      {
        key,
        count: members.length,
        errors: sum(members, (row) => (row.status === null || row.status >= 500 || isCut(row) ? 1 : 0)),
        requestBytes: sum(members, (row) => Number(row.request_body_bytes)),
        responseBytes: sum(members, (row) => Number(row.response_body_bytes)),
        latenciesMs: members.map((row) => Number(row.duration_us) / 1_000).sort((a, b) => a - b),
      },
    ]),
  );
}
