import { bodyOf } from '../../bodies/body.ts';
import type { WholeExchange } from '../../exchange/exchange.ts';
import type { Header } from '../../exchange/headers.ts';
import { isQuotable, quoteArgument } from '../shell-quote.ts';

/** What makes curl send a body. */
export interface BodyArguments {
  /** What stands before curl in the pipe. */
  readonly prefix: string;
  readonly arguments: readonly string[];
  /** What is sent; each character stands for one byte. Undefined: no body, not even an empty one. */
  readonly bytes: string | undefined;
  readonly remarks: readonly string[];
}

/** Larger ones might not fit into one argument: Linux allows 128 KiB. */
const LONGEST_ARGUMENT = 64 * 1024;
const FRAMING = /^(?:content-length|transfer-encoding)$/i;

/** The arguments for a request's body, as far as it was captured. */
export function bodyArguments(exchange: WholeExchange, headers: readonly Header[]): BodyArguments {
  const { raw, state, size } = bodyOf(exchange, 'request');
  const remarks: string[] = [];
  if (state !== 'COMPLETE' && (state !== 'NOT_CAPTURED' || size !== 0))
    remarks.push(
      STATE_NOTES[state] ?? `its body is not whole (${state.toLowerCase()}): what is there is sent`,
    );
  const none = { prefix: '', arguments: [], bytes: undefined, remarks };
  const announced = headers.some(([name]) => FRAMING.test(name));
  if (exchange.method === 'HEAD') {
    if ((raw?.length ?? 0) > 0) remarks.push('its body is left out: curl sends none with HEAD');
    return none;
  }
  if (raw === undefined || raw.length === 0)
    return announced ? { ...none, arguments: ["--data-raw ''"], bytes: '' } : none;
  const bytes = raw.toString('latin1');
  // Bodies that a shell can quote as they are read best so; the rest is base64.
  if (raw.length <= LONGEST_ARGUMENT && isQuotable(bytes))
    return { ...none, arguments: [`--data-raw ${quoteArgument(bytes)}`], bytes };
  return {
    prefix: `printf %s '${raw.toString('base64')}' | base64 -d | `,
    arguments: ['--data-binary @-'],
    bytes,
    remarks,
  };
}

const STATE_NOTES: Readonly<Record<string, string>> = {
  NOT_CAPTURED: 'its body was not captured: none is sent',
  PENDING: 'its body has not arrived as a whole yet: what is there is sent',
  TRUNCATED: 'its body was cut when it was captured: what was kept is sent',
  CUT_OFF: 'its body broke off: what came of it is sent',
  INCOMPLETE: 'parts of its body are missing: what is there is sent',
  WITHHELD: 'its body was withheld: none is sent',
};
