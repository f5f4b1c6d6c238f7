import { badArgument } from '../query/bad-argument.ts';
import type { NumberRange } from './exchange-filter.ts';

/** What a client may leave out or send as null: both ask for nothing. */
export type Given<T> = T | null | undefined;

const LIST_ENTRIES = 100;

/**
 * A text of a filter as it may be compared.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when it is too short or too long, or holds what no stored text can
 */
export function checkText(argument: string, text: string, least: number, most: number): string {
  const allowed = `${least} to ${most} characters of well-formed text without NUL`;
  if (text.length < least || text.length > most)
    throw badArgument(argument, `the text has ${text.length} characters`, allowed);
  if (text.includes('\0')) throw badArgument(argument, 'the text holds a NUL character', allowed);
  if (!text.isWellFormed()) throw badArgument(argument, 'the text holds half a character', allowed);
  return text;
}

/**
 * The entries of a list of a filter; undefined when it asks for nothing.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when they are too many
 */
export function checkList<T>(argument: string, list: Given<readonly T[]>): readonly T[] | undefined {
  if (list == null) return undefined;
  if (list.length > LIST_ENTRIES)
    throw badArgument(argument, `the list has ${list.length} entries`, `at most ${LIST_ENTRIES} entries`);
  return list;
}

/**
 * A range of a filter without the bounds that are not given; undefined when none is.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when a bound lies outside the allowed ones, or the range is inverted
 */
export function checkRange(
  argument: string,
  range: Given<{ readonly min?: Given<number>; readonly max?: Given<number> }>,
  least: number,
  most: number,
): NumberRange | undefined {
  const min = checkNumber(`${argument}.min`, range?.min, least, most);
  const max = checkNumber(`${argument}.max`, range?.max, least, most);
  if (min === undefined && max === undefined) return undefined;
  if (min !== undefined && max !== undefined && min > max)
    throw badArgument(argument, `min ${min} is greater than max ${max}`, 'min no greater than max');
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function checkNumber(
  argument: string,
  value: Given<number>,
  least: number,
  most: number,
): number | undefined {
  if (value == null) return undefined;
  if (!(value >= least && value <= most))
    throw badArgument(argument, `${value} is out of range`, `${least} to ${most}`);
  return value;
}

/** The first and last moments that request ids can tell and texts can write. */
const FIRST_TIME = 0;
const LAST_TIME = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * A moment of a filter in Unix milliseconds; undefined when it is not given.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when no exchange can be of that time
 */
export function checkTime(argument: string, time: Given<Date>): number | undefined {
  if (time == null) return undefined;
  const milliseconds = time.getTime();
  if (milliseconds < FIRST_TIME || milliseconds > LAST_TIME)
    throw badArgument(
      argument,
      `${time.toISOString()} is out of range`,
      `${new Date(FIRST_TIME).toISOString()} to ${new Date(LAST_TIME).toISOString()}`,
    );
  return milliseconds;
}
