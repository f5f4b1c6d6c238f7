import { bodyOf } from '../bodies/body.ts';
import { defineCommand } from '../command-line/command.ts';
import { Mistake } from '../command-line/mistake.ts';
import { choice } from '../command-line/option.ts';
import { Failure } from '../client/failure.ts';
import type { WholeExchange } from '../exchange/exchange.ts';
import { readOne } from '../exchange/one.ts';
import { formatDetails } from '../output/details.ts';
import { createWholeWriter } from '../output/exchange-writer.ts';
import { jsonLine, wholeJson } from '../output/json.ts';
import type { Session } from '../session.ts';
import { escapeText } from '../terminal/escape.ts';
import { chosenOutput } from './output-option.ts';

/** On a terminal, more of a body would push everything else out of sight. */
const LONGEST_ON_TERMINAL = 8_192;

/** `culvert get` */
export const get = defineCommand(
  {
    words: ['get'],
    summary: 'Show everything about one exchange, with headers and bodies',
    operand: {
      name: 'ID',
      summary: 'The id of the exchange, or its beginning as tables show it.',
      count: 'one',
    },
    options: {
      output: chosenOutput,
      body: choice(
        {
          name: 'body',
          placeholder: 'SIDE',
          summary: 'Only the body of the request or the response, decoded, byte for byte.',
        },
        ['request', 'response'],
      ),
    },
    notes: [
      'Bodies that were sent compressed (gzip, deflate, br, zstd) are shown as they read; bytes that are no text are not shown. Control characters are shown as \\x1b, so that no traffic can command your terminal.',
    ],
    examples: [
      { line: 'culvert get 019aa7f2-1b3e-7c1a-9f00-52d1a0c0ffee', does: 'for people' },
      { line: 'culvert get 019aa7f2-1b3e-7c1a --body response > picture.png', does: 'one body as it was' },
      { line: 'culvert get 019aa7f2-1b3e-7c1a -o curl | sh', does: 'send the request again' },
      { line: "culvert get 019aa7f2-1b3e-7c1a -o json | jq '.requestHeaders'", does: 'for programs' },
    ],
  },
  async ({ output: chosen, body }, [id = ''], session) => {
    if (chosen !== undefined && body !== undefined)
      throw new Mistake('--body writes nothing but the body: leave --output out, or --body');
    const output = chosen ?? 'table';
    const exchange = await find(session, id);
    if (body !== undefined) await writeBody(session, exchange, body);
    else if (output === 'json') await session.output.write(jsonLine(wholeJson(exchange)));
    else if (output === 'table')
      await session.output.write(
        formatDetails(
          exchange,
          session.style,
          session.terminal ? LONGEST_ON_TERMINAL : Number.POSITIVE_INFINITY,
        ),
      );
    else {
      const writer = createWholeWriter(session, output);
      await writer.write([exchange]);
      await writer.end();
    }
    return 0;
  },
);

async function find(session: Session, id: string): Promise<WholeExchange> {
  const found = await readOne(session.client, id);
  switch (found.kind) {
    case 'found':
      return found.exchange;
    case 'malformed':
      throw new Mistake(
        `${JSON.stringify(id)} is no id: one looks like 019aa7f2-1b3e-7c1a-9f00-52d1a0c0ffee, and at least its first 13 characters are needed`,
      );
    case 'none':
      throw new Failure('failed', `there is no exchange ${id}`, [
        'It may be older than what is kept, or not be stored yet.',
      ]);
    case 'several':
      throw new Failure(
        'failed',
        `${found.ids.length} exchanges begin with ${id}; give more of the id:`,
        found.ids,
      );
  }
}

async function writeBody(
  session: Session,
  exchange: WholeExchange,
  side: 'request' | 'response',
): Promise<void> {
  const { bytes, text, state, undecodable, damage } = bodyOf(exchange, side);
  if (bytes === undefined)
    throw new Failure('failed', `there is no ${side} body: ${state.toLowerCase().replaceAll('_', ' ')}`);
  if (undecodable !== undefined) session.say(`written as it was sent, ${undecodable}`);
  if (damage !== undefined) session.say(`not as it was meant: ${damage}`);
  if (state !== 'COMPLETE') session.say(`not all of it: ${state.toLowerCase().replaceAll('_', ' ')}`);
  if (!session.terminal) return session.output.write(bytes);
  if (text === undefined)
    throw new Failure('failed', `this body of ${bytes.length} bytes is no text`, [
      'Write it into a file: culvert get … --body … > file',
    ]);
  return session.output.write(escapeText(text).replace(/\n?$/, '\n'));
}
