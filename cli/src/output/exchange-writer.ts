import type { Exchange, WholeExchange } from '../exchange/exchange.ts';
import type { Session } from '../session.ts';
import { formatRow, formatTitles, layOut, type Layout } from '../terminal/table.ts';
import { curlCommand } from './curl.ts';
import { exchangeColumns } from './exchange-table.ts';
import { createHarLog } from './har/log.ts';
import { jsonLine } from './json.ts';

/** How exchanges are written. */
export const FORMATS = ['table', 'json', 'har', 'curl'] as const;
export type Format = (typeof FORMATS)[number];

/** Writes exchanges as they come. */
export interface ExchangeWriter<E extends Exchange> {
  write(exchanges: readonly E[]): Promise<void>;
  end(): Promise<void>;
}

/**
 * Rows of a table. The first exchanges decide how wide its columns are.
 *
 * @param live whether the first ones say little about those that are yet to come
 */
export function createTableWriter(session: Session, live: boolean): ExchangeWriter<Exchange> {
  const columns = exchangeColumns(session).map(({ expected, ...column }) =>
    live && expected !== undefined ? { ...column, expected } : column,
  );
  let layout: Layout<Exchange> | undefined;
  const begin = async (rows: readonly Exchange[]): Promise<Layout<Exchange>> => {
    layout = layOut(columns, rows, session.columns);
    await session.output.write(`${formatTitles(layout, session.style.bold)}\n`);
    return layout;
  };
  return {
    async write(exchanges) {
      const shown = layout ?? (await begin(exchanges));
      await session.output.write(exchanges.map((exchange) => `${formatRow(shown, exchange)}\n`).join(''));
    },
    end: () => Promise.resolve(),
  };
}

/** One JSON object a line. */
export function createJsonWriter<E extends Exchange>(
  session: Session,
  show: (exchange: E) => unknown,
): ExchangeWriter<E> {
  return {
    write: (exchanges) =>
      session.output.write(exchanges.map((exchange) => jsonLine(show(exchange))).join('')),
    end: () => Promise.resolve(),
  };
}

/** One HAR document, or one curl command for each exchange. */
export function createWholeWriter(session: Session, format: 'har' | 'curl'): ExchangeWriter<WholeExchange> {
  if (format === 'curl')
    return {
      async write(exchanges) {
        for (const exchange of exchanges) await writeCurl(session, exchange);
      },
      end: () => Promise.resolve(),
    };
  const log = createHarLog(session.output);
  return {
    async write(exchanges) {
      for (const exchange of exchanges) await log.write(exchange);
    },
    end: () => log.end(),
  };
}

async function writeCurl(session: Session, exchange: WholeExchange): Promise<void> {
  const { command, remarks } = curlCommand(exchange);
  // Not among the commands: zsh does not take # for the beginning of a comment.
  for (const remark of remarks) session.say(`${exchange.requestId}: ${remark}`);
  if (command !== undefined) await session.output.write(`${command}\n`);
}
