import type { Goal, SuiteResult, Table } from './result.ts';

/** A suite's result as Markdown: goals, tables, remarks. */
export function suiteMarkdown(result: SuiteResult): string {
  const parts: string[] = [];
  if (result.goals.length > 0) parts.push(tableMarkdown(goalsTable(result.goals)));
  for (const table of result.tables) parts.push(`**${table.title}**`, tableMarkdown(table));
  parts.push(...result.remarks);
  return parts.join('\n\n');
}

/** Goals as a table. */
export function goalsTable(goals: readonly Goal[]): Table {
  return {
    title: 'Goals',
    columns: ['goal', 'wanted', 'measured', 'met'],
    rows: goals.map((goal) => [goal.sentence, goal.wanted, goal.measured, goal.met ? 'yes' : '**no**']),
  };
}

/** A table in Markdown, numbers to the right, padded so that it reads as plain text too. */
export function tableMarkdown({ columns, rows }: Table): string {
  const widths = columns.map((column, i) =>
    Math.max(3, ...[column, ...rows.map((row) => row[i] ?? '')].map(width)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => pad(cell, widths[i] as number, i > 0)).join(' | ')} |`;
  const rule = widths.map((size, i) => (i === 0 ? '-'.repeat(size) : `${'-'.repeat(size - 1)}:`));
  return [line(columns), `| ${rule.join(' | ')} |`, ...rows.map((row) => line(row))].join('\n');
}

function pad(text: string, size: number, right: boolean): string {
  const space = ' '.repeat(size - width(text));
  return right ? space + text : text + space;
}

/** Columns on a terminal; nothing in these tables is wider than one. */
function width(text: string): number {
  return [...text].length;
}
