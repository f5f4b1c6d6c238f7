import type { DeadLetter } from '../exchange/dead-letters.ts';
import { escapeLine } from '../terminal/escape.ts';
import type { Style } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';
import { showTime } from '../values/time.ts';

/** The columns of lists of dead letters. */
export function letterColumns(style: Style, now: number): readonly Column<DeadLetter>[] {
  return [
    { title: 'ID', text: ({ id }) => escapeLine(id) },
    { title: 'SINCE', text: ({ createdAt }) => showTime(Date.parse(createdAt), now), paint: () => style.dim },
    { title: 'REASON', text: ({ reason }) => escapeLine(reason.toLowerCase()), paint: () => style.warn },
    { title: 'STATE', text: ({ state }) => escapeLine(state.toLowerCase()) },
    { title: 'KIND', text: ({ kind }) => escapeLine(kind.toLowerCase()), drop: 5 },
    { title: 'EXCHANGES', text: ({ exchanges }) => String(exchanges), align: 'right', drop: 4 },
    { title: 'AGENT', text: ({ agentId }) => escapeLine(agentId), flexible: 12, drop: 3 },
    { title: 'DETAIL', text: ({ detail }) => escapeLine(detail), flexible: 20 },
  ];
}
