import { defineCommand } from '../command-line/command.ts';
import { Mistake } from '../command-line/mistake.ts';
import { defaulted, toggle } from '../command-line/option.ts';
import { filterOptions, timeOptions, transactionFilter } from '../exchange/filter-options.ts';
import { listExchanges, listWholeExchanges } from '../exchange/pages.ts';
import type { Exchange } from '../exchange/exchange.ts';
import {
  createJsonWriter,
  createTableWriter,
  createWholeWriter,
  type ExchangeWriter,
} from '../output/exchange-writer.ts';
import { wholeJson } from '../output/json.ts';
import { parseCount } from '../values/count.ts';
import { exchangeOutput } from './output-option.ts';

const DEFAULT_LIMIT = 50;

/** `culvert list` */
export const list = defineCommand(
  {
    words: ['list'],
    summary: 'List stored exchanges, newest first',
    options: {
      ...filterOptions,
      ...timeOptions,
      limit: defaulted(
        {
          name: 'limit',
          short: 'l',
          placeholder: 'COUNT',
          summary: 'At most so many, or all; 50 by default.',
        },
        DEFAULT_LIMIT,
        parseCount,
      ),
      details: toggle({
        name: 'details',
        summary: 'With json only: headers and bodies too. har and curl always have them.',
      }),
      output: exchangeOutput,
    },
    notes: [
      'Options narrow the list down together; of several values of one option, one must match.',
      'Where the terminal is narrow, columns are left out and ids shortened; culvert get takes a shortened id.',
    ],
    examples: [
      { line: 'culvert list --since 15m --status 5xx', does: 'what failed in the last quarter of an hour' },
      { line: 'culvert list -n shop --min-duration 1s', does: 'what was slow in the namespace shop' },
      { line: 'culvert list --contains /cart --method POST,PUT --limit 200', does: 'changes of carts' },
      { line: 'culvert list --since 1h --limit all -o json | jq -r .url', does: 'all URLs of an hour' },
      { line: 'culvert list --host shop.example -o har > shop.har', does: 'a file that browsers can open' },
    ],
  },
  async (values, _operands, session) => {
    if (values.details && values.output !== 'json')
      throw new Mistake(
        values.output === 'table'
          ? '--details has no effect on a table: give -o json too, or ask for one exchange by culvert get'
          : `--details has no effect with -o ${values.output}, which always has headers and bodies: leave it out`,
      );
    const { client } = session;
    const filter = await transactionFilter(client, values, session.now());
    if (values.output === 'table' || (values.output === 'json' && !values.details)) {
      const writer =
        values.output === 'table'
          ? createTableWriter(session, false)
          : createJsonWriter(session, (exchange: Exchange) => exchange);
      const count = await copy(listExchanges(client, filter, values.limit), writer);
      if (count === 0) session.say('no exchange matches');
      else if (count === values.limit && values.output === 'table')
        session.say(`the newest ${count}; there may be more: --limit`);
      return 0;
    }
    const writer =
      values.output === 'json'
        ? createJsonWriter(session, wholeJson)
        : createWholeWriter(session, values.output);
    if ((await copy(listWholeExchanges(client, filter, values.limit), writer)) === 0)
      session.say('no exchange matches');
    return 0;
  },
);

/** @returns how many there were */
async function copy<E extends Exchange>(
  pages: AsyncIterable<readonly E[]>,
  writer: ExchangeWriter<E>,
): Promise<number> {
  let count = 0;
  for await (const page of pages) {
    if (page.length > 0) await writer.write(page);
    count += page.length;
  }
  await writer.end();
  return count;
}
