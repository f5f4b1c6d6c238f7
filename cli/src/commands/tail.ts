import { followForever } from '../client/reconnect.ts';
import { defineCommand } from '../command-line/command.ts';
import { defaulted } from '../command-line/option.ts';
import { type Exchange, HEADS } from '../exchange/exchange.ts';
import { filterOptions, transactionFilter } from '../exchange/filter-options.ts';
import { readSettled } from '../exchange/settled.ts';
import {
  createJsonWriter,
  createTableWriter,
  createWholeWriter,
  type ExchangeWriter,
  type Format,
} from '../output/exchange-writer.ts';
import type { Session } from '../session.ts';
import { parseCount } from '../values/count.ts';
import { exchangeOutput } from './output-option.ts';

const EVENTS = `subscription CliTail($filter: TransactionFilter) {
  trafficEvents(filter: $filter) { __typename ...Heads ... on GapMarker { lost since } } } ${HEADS}`;

type Update =
  | ({ readonly __typename: 'HttpTransaction' } & Exchange)
  | { readonly __typename: 'GapMarker'; readonly lost: number; readonly since: string };

/** `culvert tail` */
export const tail = defineCommand(
  {
    words: ['tail'],
    summary: 'Show exchanges as they happen',
    options: {
      ...filterOptions,
      limit: defaulted(
        { name: 'limit', short: 'l', placeholder: 'COUNT', summary: 'End after so many; all by default.' },
        Number.POSITIVE_INFINITY,
        parseCount,
      ),
      output: exchangeOutput,
    },
    notes: [
      'An exchange that takes long is shown as open first, and again when it ends. A filter on status or duration shows it only when these are known.',
      'A line on standard error says when some were left out because they came faster than they were shown or were lost on their way, and when the connection was lost; it is made again by itself. Ctrl-C ends it.',
      'With har and curl each exchange is read whole, headers and bodies, when it has ended: narrow it down where there is much traffic.',
    ],
    examples: [
      { line: 'culvert tail', does: 'everything' },
      { line: 'culvert tail -n shop --status 500-599', does: 'what fails in the namespace shop' },
      { line: 'culvert tail --path /api/ --min-duration 500ms', does: 'slow calls' },
      { line: 'culvert tail -o json | jq -c "{url, status, durationMs}"', does: 'for programs' },
      {
        line: 'culvert tail --host shop.example --limit 10 -o har > ten.har',
        does: 'the next ten, with their bodies',
      },
    ],
  },
  async ({ limit, output, ...filter }, _operands, session) => {
    const chosen = await transactionFilter(session.client, filter, session.now());
    const subscription = { query: EVENTS, variables: { filter: chosen } };
    const writer = createLiveWriter(session, output);
    if (session.terminal) session.say(`waiting for traffic at ${session.client.url}; Ctrl-C ends`);
    let left = limit;
    const updates = followForever<{ trafficEvents: Update }>(session.client, subscription, session, {
      lost: (reason) => {
        session.say(`${reason}; connecting again`);
      },
      back: (forMs) => {
        session.say(
          `connected again; what passed in the meantime is not shown: culvert list --since ${sinceText(forMs)}`,
        );
      },
    });
    try {
      for await (const { trafficEvents: update } of updates) {
        if (update.__typename === 'GapMarker') {
          session.say(
            `up to ${update.lost} exchanges are not shown since ${update.since}: they came too fast, or were lost on their way`,
          );
          continue;
        }
        const { __typename, ...exchange } = update;
        if (await writer.write(exchange)) left--;
        if (left <= 0) break;
      }
    } finally {
      await writer.end();
    }
    return 0;
  },
);

interface LiveWriter {
  /** @returns whether it counts: it has ended */
  write(exchange: Exchange): Promise<boolean>;
  end(): Promise<void>;
}

function createLiveWriter(session: Session, format: Format): LiveWriter {
  if (format === 'har' || format === 'curl') {
    const writer = createWholeWriter(session, format);
    return {
      async write({ requestId, state }) {
        if (state === 'OPEN') return false;
        const exchange = await readSettled(session, requestId);
        if (exchange === undefined) session.say(`${requestId} is left out: it is not stored yet`);
        else await writer.write([exchange]);
        return true;
      },
      end: () => writer.end(),
    };
  }
  const writer: ExchangeWriter<Exchange> =
    format === 'table'
      ? createTableWriter(session, true)
      : createJsonWriter(session, (exchange: Exchange) => exchange);
  return {
    async write(exchange) {
      await writer.write([exchange]);
      return exchange.state !== 'OPEN';
    },
    end: () => Promise.resolve(),
  };
}

function sinceText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1_000) + 1;
  return seconds < 120 ? `${seconds}s` : `${Math.ceil(seconds / 60)}m`;
}
