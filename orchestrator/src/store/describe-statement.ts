/** What a statement does, in few words, and with few different ones over all statements. */
export interface StatementSummary {
  /** Such as `SELECT`. */
  readonly operation: string;
  /** The first table that it names. */
  readonly table: string | undefined;
  /** Such as `SELECT http_transactions`. */
  readonly summary: string;
}

const OPERATION = /^[\s(]*([a-z]+)/i;
/** What a statement that begins with WITH comes to. */
const MAIN = /\b(select|insert|update|delete)\b/i;
const TABLE = /\b(?:from|into|update|copy|table)\s+(?:only\s+)?(?:"?culvert"?\.)?"?([a-z_][a-z_0-9]*)"?/i;
/** The hour or day in a partition's name. */
const PARTITION = /_\d[\d_]*$/;
/** No statement of ours needs more to tell its first table. */
const LOOKED_AT = 4_096;

/** Summarises a statement by its text. */
export function describeStatement(text: string): StatementSummary {
  const start = text.slice(0, LOOKED_AT);
  const first = OPERATION.exec(start)?.[1] ?? 'SQL';
  const operation = (/^with$/i.test(first) ? (MAIN.exec(start)?.[1] ?? first) : first).toUpperCase();
  const table = TABLE.exec(start)?.[1]?.replace(PARTITION, '');
  return { operation, table, summary: table === undefined ? operation : `${operation} ${table}` };
}
