import type pg from 'pg';

/** What programs of an earlier release rely on, of all tables but partitions. */
export interface SchemaShape {
  readonly columns: readonly ColumnShape[];
  /** Constraints and unique indexes, each as one text with its table. */
  readonly rules: readonly { readonly table: string; readonly rule: string }[];
}

interface ColumnShape {
  readonly table: string;
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly filled: boolean;
}

const TABLES = `relnamespace = 'culvert'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition`;

/** Reads it from a database. */
export async function readShape(pool: pg.Pool): Promise<SchemaShape> {
  const columns = await pool.query<ColumnShape>(
    `SELECT relname AS table, attname AS name, format_type(atttypid, atttypmod) AS type, attnotnull AS required,
       atthasdef OR attidentity <> '' AS filled
     FROM pg_attribute JOIN pg_class ON attrelid = pg_class.oid
     WHERE ${TABLES} AND attnum > 0 AND NOT attisdropped ORDER BY 1, 2`,
  );
  const rules = await pool.query<{ table: string; rule: string }>(
    `SELECT relname AS table, pg_get_constraintdef(pg_constraint.oid) AS rule
     FROM pg_constraint JOIN pg_class ON conrelid = pg_class.oid WHERE ${TABLES} AND contype <> 'n'
     UNION SELECT relname, regexp_replace(pg_get_indexdef(indexrelid), '^.* USING ', 'UNIQUE ')
     FROM pg_index JOIN pg_class ON indrelid = pg_class.oid WHERE ${TABLES} AND indisunique ORDER BY 1, 2`,
  );
  return { columns: columns.rows, rules: rules.rows };
}

/** What programs that know the first shape could not live with in the second one, a sentence each. */
export function brokenPromises(before: SchemaShape, after: SchemaShape): string[] {
  const key = (column: ColumnShape): string => `${column.table}.${column.name}`;
  const now = new Map(after.columns.map((column) => [key(column), column]));
  const old = new Set(before.columns.map(key));
  const tables = new Set(before.columns.map((column) => column.table));
  const found: string[] = [];
  for (const column of before.columns) {
    const present = now.get(key(column));
    if (present === undefined) found.push(`${key(column)} is gone`);
    else if (present.type !== column.type)
      found.push(`${key(column)} was ${column.type} and is ${present.type}`);
    else if (present.required && !column.required) found.push(`${key(column)} must be given now`);
    else if (column.filled && !present.filled && present.required)
      found.push(`${key(column)} has lost its default`);
  }
  for (const column of after.columns)
    if (tables.has(column.table) && !old.has(key(column)) && column.required && !column.filled)
      found.push(`${key(column)} is new and must be given`);
  const rules = new Set(before.rules.map(({ table, rule }) => `${table}: ${rule}`));
  for (const { table, rule } of after.rules)
    if (tables.has(table) && !rules.has(`${table}: ${rule}`)) found.push(`${table} has a new rule: ${rule}`);
  const left = new Set(after.rules.map(({ table, rule }) => `${table}: ${rule}`));
  // Statements name keys as the target of ON CONFLICT.
  for (const rule of rules) if (!left.has(rule)) found.push(`${rule} is gone`);
  return found;
}
