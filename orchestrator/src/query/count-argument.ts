import type { GraphQLArgument } from 'graphql';
import { badArgument } from './bad-argument.ts';

/** How an argument that says how many is declared: with its default, and with its range for errors that name it. */
export function countOptions(defaultValue: number, most: number) {
  return { defaultValue, extensions: { counts: rangeTo(most) } };
}

/** What an argument declared by {@link countOptions} allows, in words; undefined for any other argument. */
export function countsOf(argument: GraphQLArgument | null | undefined): string | undefined {
  const counts = argument?.extensions['counts'];
  return typeof counts === 'string' ? counts : undefined;
}

/**
 * A count that is in its range.
 *
 * @throws GraphQLError `BAD_USER_INPUT` when it isn't
 */
export function checkCount(argument: string, value: number, most: number): number {
  if (value < 1 || value > most) throw badArgument(argument, `${value} is out of range`, rangeTo(most));
  return value;
}

/**
 * Says what is wrong with a value that GraphQL's `Int` doesn't take.
 *
 * @param written as it stands in the document or in JSON
 */
export function noCount(written: string): string {
  const short =
    written.length > LONGEST_SHOWN ? `${written.slice(0, LONGEST_SHOWN).toWellFormed()}…` : written;
  // JSON writes whole numbers as 1e+21 when they are that large.
  return `${short} is ${/^-?\d+(\.?\d*e\+\d+)?$|Infinity$/.test(written) ? 'out of range' : 'no whole number'}`;
}

const LONGEST_SHOWN = 40;

function rangeTo(most: number): string {
  return `1 to ${most}`;
}
