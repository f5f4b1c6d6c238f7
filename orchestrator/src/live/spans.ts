/**
 * Which numbers have been seen, as spans in ascending order that neither overlap nor touch: `[from, to, from, to, …]`,
 * each without its `to`. While nothing is missing there is one span.
 */
export type Spans = number[];

/** Whether all of `from` up to `to` has been seen. */
export function covers(spans: Spans, from: number, to: number): boolean {
  for (let i = 0; i < spans.length; i += 2)
    if ((spans[i] as number) <= from && to <= (spans[i + 1] as number)) return true;
  return false;
}

/** Notes `from` up to `to` as seen. */
export function cover(spans: Spans, from: number, to: number): void {
  // Almost always the next numbers come.
  if (spans.length > 0 && spans.at(-1) === from) {
    spans[spans.length - 1] = to;
    return;
  }
  let first = 0;
  while (first < spans.length && (spans[first + 1] as number) < from) first += 2;
  let behind = first;
  let [start, end] = [from, to];
  while (behind < spans.length && (spans[behind] as number) <= to) {
    start = Math.min(start, spans[behind] as number);
    end = Math.max(end, spans[behind + 1] as number);
    behind += 2;
  }
  spans.splice(first, behind - first, start, end);
}

/** How many of `from` up to `to` have not been seen. */
export function missing(spans: Spans, from: number, to: number): number {
  let count = to - from;
  for (let i = 0; i < spans.length; i += 2)
    count -= Math.max(0, Math.min(to, spans[i + 1] as number) - Math.max(from, spans[i] as number));
  return count;
}
