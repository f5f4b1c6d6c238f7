import type { Session } from '../session.ts';
import { type Column, formatRow, formatTitles, layOut } from '../terminal/table.ts';
import { jsonLine } from './json.ts';

/** Writes rows that are all there as a table, or each as a line of JSON. */
export async function writeRows<Row>(
  session: Session,
  format: 'table' | 'json',
  rows: readonly Row[],
  columns: readonly Column<Row>[],
): Promise<void> {
  if (format === 'json') return session.output.write(rows.map(jsonLine).join(''));
  if (rows.length === 0) return;
  const layout = layOut(columns, rows, session.columns);
  const lines = [formatTitles(layout, session.style.bold), ...rows.map((row) => formatRow(layout, row))];
  return session.output.write(`${lines.join('\n')}\n`);
}
