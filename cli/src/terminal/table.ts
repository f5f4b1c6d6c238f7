import type { Paint } from './style.ts';
import { fit, widthOf } from './width.ts';

/** A column of a table. */
export interface Column<Row> {
  readonly title: string;
  /** The text of a cell, without control characters. */
  readonly text: (row: Row) => string;
  readonly paint?: (row: Row) => Paint | undefined;
  readonly align?: 'right';
  /** How wide it is at the least, for rows that are yet to come. */
  readonly expected?: number;
  /** Gives way: to so few columns at the least. */
  readonly flexible?: number;
  /** So many should be left of it, if that only costs columns that are expendable. */
  readonly comfortable?: number;
  /** How many characters are enough of its cells where the terminal is narrow, by how wide it would be. */
  readonly short?: (width: number) => number;
  /** Left out where the terminal is too narrow, the highest first. */
  readonly drop?: number;
  /** Left out already where another column would be uncomfortable. */
  readonly expendable?: true;
}

/** Which columns are shown, and how wide each is. */
export interface Layout<Row> {
  readonly columns: readonly (Column<Row> & { readonly width: number })[];
}

const GAP = '  ';

/**
 * Fits columns into a terminal: flexible ones shrink, cells are shortened that can be, columns are left out, and what
 * remains is given back to the flexible ones.
 *
 * @param available columns of the terminal; Infinity where the output is no terminal
 */
export function layOut<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  available: number,
): Layout<Row> {
  let shown = columns.map((column) => ({
    ...column,
    width: Math.max(
      widthOf(column.title),
      column.expected ?? 0,
      ...rows.map((row) => widthOf(column.text(row))),
    ),
  }));
  const natural = new Map(shown.map(({ title, width }) => [title, width]));
  if (totalOf(shown) <= available) return { columns: shown };
  shown = shown.map((column) => narrowed(column, column.comfortable ?? column.flexible));
  if (totalOf(shown) > available)
    shown = shown.map((column) => narrowed(column, column.short?.(column.width)));
  shown = without(shown, available, ({ expendable }) => expendable === true);
  if (totalOf(shown) > available) shown = shown.map((column) => narrowed(column, column.flexible));
  shown = without(shown, available, ({ drop }) => drop !== undefined);
  return { columns: widened(shown, natural, available - totalOf(shown)) };
}

function narrowed<C extends { readonly width: number }>(column: C, width: number | undefined): C {
  return { ...column, width: Math.min(column.width, width ?? column.width) };
}

/** Leaves columns out that may be, until the others fit. */
function without<C extends { readonly width: number; readonly drop?: number }>(
  columns: readonly C[],
  available: number,
  mayGo: (column: C) => boolean,
): C[] {
  let left = [...columns];
  while (totalOf(left) > available) {
    const [last] = left.filter(mayGo).sort((a, b) => (b.drop ?? 0) - (a.drop ?? 0));
    if (last === undefined) break;
    left = left.filter((column) => column !== last);
  }
  return left;
}

/** Gives what is left over to the flexible columns in turn, until they have all that they need. */
function widened<C extends { readonly title: string; readonly width: number; readonly flexible?: number }>(
  columns: readonly C[],
  natural: ReadonlyMap<string, number>,
  spare: number,
): C[] {
  const widths = new Map(columns.map(({ title, width }) => [title, width]));
  const hungry = (): string[] =>
    columns
      .filter(
        ({ title, flexible }) =>
          flexible !== undefined && (widths.get(title) ?? 0) < (natural.get(title) ?? 0),
      )
      .map(({ title }) => title);
  for (let left = spare; left > 0;) {
    const [title] = hungry().sort((a, b) => (widths.get(a) ?? 0) - (widths.get(b) ?? 0));
    if (title === undefined) break;
    widths.set(title, (widths.get(title) ?? 0) + 1);
    left--;
  }
  return columns.map((column) => ({ ...column, width: widths.get(column.title) ?? column.width }));
}

/** The titles of a table. */
export function formatTitles<Row>({ columns }: Layout<Row>, paint: Paint): string {
  return joined(
    columns.map(({ title, width, align }) => padded(fit(title, width), width, align)),
    paint,
  );
}

/** A row of a table. */
export function formatRow<Row>({ columns }: Layout<Row>, row: Row): string {
  return joined(
    columns.map((column) => {
      const { width, align, short } = column;
      const whole = column.text(row);
      // What is short is still useful, and needs no ellipsis.
      const enough = short !== undefined && short(widthOf(whole)) <= width;
      const text = enough ? whole.slice(0, width) : fit(whole, width);
      const paint = column.paint?.(row) ?? plain;
      return padded(text, width, align, paint);
    }),
    plain,
  );
}

function padded(text: string, width: number, align: 'right' | undefined, paint: Paint = plain): string {
  const padding = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'right' ? padding + paint(text) : paint(text) + padding;
}

function joined(cells: readonly string[], paint: Paint): string {
  return paint(cells.join(GAP).trimEnd());
}

function totalOf(columns: readonly { readonly width: number }[]): number {
  return columns.reduce((sum, { width }) => sum + width, GAP.length * Math.max(0, columns.length - 1));
}

function plain(text: string): string {
  return text;
}
