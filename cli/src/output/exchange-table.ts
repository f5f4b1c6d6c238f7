import { type Exchange, startOf } from '../exchange/exchange.ts';
import { escapeLine } from '../terminal/escape.ts';
import type { Paint, Style } from '../terminal/style.ts';
import type { Column } from '../terminal/table.ts';
import type { Session } from '../session.ts';
import { fit } from '../terminal/width.ts';
import { showDuration } from '../values/duration.ts';
import { showSize } from '../values/size.ts';
import { showTime } from '../values/time.ts';
import { workloadName } from '../values/workload.ts';

/** An id's time and a few random digits: enough to find it again. */
const SHORT_ID = 18;

const TIME_OF_DAY = '15:04:05.678';

/** The columns of lists of exchanges. On a terminal, where there is little room, plain HTTP goes without saying. */
export function exchangeColumns({
  style,
  now,
  terminal,
}: Pick<Session, 'style' | 'now' | 'terminal'>): readonly Column<Exchange>[] {
  return [
    {
      title: 'TIME',
      text: (exchange) => showTime(startOf(exchange), now()),
      paint: () => style.dim,
      expected: TIME_OF_DAY.length,
      // Without milliseconds, unless there are dates before it.
      short: (width) => (width === TIME_OF_DAY.length ? TIME_OF_DAY.indexOf('.') : width),
      drop: 2,
    },
    { title: 'METHOD', text: ({ method }) => fit(escapeLine(method ?? '?'), 8), expected: 6 },
    {
      title: 'STATUS',
      text: statusText,
      paint: (exchange) => statusPaint(exchange, style),
      expected: 6,
      flexible: 8,
    },
    {
      title: 'TOOK',
      text: ({ durationMs }) => (durationMs === null ? '' : showDuration(durationMs)),
      align: 'right',
      expected: 7,
      drop: 3,
    },
    {
      title: 'SIZE',
      text: ({ responseBodyBytes }) =>
        responseBodyBytes === null ? '' : showSize(Number(responseBodyBytes)),
      align: 'right',
      expected: 7,
      drop: 4,
      expendable: true,
    },
    {
      title: 'WORKLOAD',
      text: (exchange) => fit(workloadText(exchange), 48),
      expected: 16,
      flexible: 12,
      drop: 5,
      expendable: true,
    },
    {
      title: 'URL',
      text: ({ url }) => escapeLine(terminal ? (url ?? '?').replace(/^http:\/\//, '') : (url ?? '?')),
      flexible: 18,
      comfortable: 30,
      expected: 40,
    },
    {
      title: 'ID',
      text: ({ requestId }) => escapeLine(requestId),
      paint: () => style.dim,
      short: () => SHORT_ID,
      expected: 36,
      drop: 1,
    },
  ];
}

/** `200`, and how it went on where that isn't as usual. */
export function statusText({ status, state }: Exchange): string {
  const word = STATE_WORDS[state] ?? state.toLowerCase();
  return [status ?? '', word].filter((part) => part !== '').join(' ');
}

/** The colour of a status: by its class, and by whether the exchange ended well. */
export function statusPaint({ status, state }: Exchange, style: Style): Paint | undefined {
  if (state === 'INCOMPLETE' || state === 'UPSTREAM_ABORTED') return style.bad;
  if (state === 'OPEN') return style.dim;
  if (status !== null && status >= 500) return style.bad;
  if (state === 'CLIENT_ABORTED' || (status !== null && status >= 400)) return style.warn;
  if (status !== null && status >= 300) return style.notable;
  return status === null ? undefined : style.good;
}

const STATE_WORDS: Readonly<Record<string, string>> = {
  COMPLETE: '',
  OPEN: 'open',
  INCOMPLETE: 'incomplete',
  CLIENT_ABORTED: 'client left',
  UPSTREAM_ABORTED: 'upstream left',
  UPGRADED: 'upgraded',
};

function workloadText({ namespace, workload, agentId }: Exchange): string {
  const name = [workload, agentId].find(isGiven) ?? '';
  return escapeLine(isGiven(namespace) ? `${namespace}/${workloadName(name)}` : name);
}

/** Agents outside a cluster announce empty texts. */
function isGiven(text: string | null): text is string {
  return text !== null && text !== '';
}
