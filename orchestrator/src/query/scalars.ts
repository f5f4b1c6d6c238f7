import { GraphQLError, Kind, type ValueNode } from 'graphql';
import { parseInstant } from '@culvert/runtime/instant';

/**
 * A whole number of any size: a JSON number while JavaScript can represent it exactly (up to 2^53 − 1 either way),
 * else its decimal digits as a string, so that no reader loses the last digits.
 */
export function serializeBigInt(value: unknown): number | string {
  // So few digits are exact in any case, which is what nearly all values have.
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value);
  const number = toBigInt(value);
  return number >= Number.MIN_SAFE_INTEGER && number <= Number.MAX_SAFE_INTEGER
    ? Number(number)
    : number.toString();
}

/** Reads a BigInt from a variable. */
export function parseBigInt(value: unknown): bigint {
  return toBigInt(value);
}

/** Reads a BigInt from a literal in a query: any digits fit. */
export function parseBigIntLiteral(node: ValueNode): bigint {
  if (node.kind !== Kind.INT && node.kind !== Kind.STRING)
    throw new GraphQLError('BigInt must be a whole number', { nodes: node });
  return toBigInt(node.value);
}

/** An instant as RFC 3339 text in UTC with milliseconds, from a Date or a Unix time in milliseconds. */
export function serializeDateTime(value: unknown): string {
  const date = value instanceof Date ? value : new Date(value as number);
  return date.toISOString();
}

/** Reads an RFC 3339 text with an offset. */
export function parseDateTime(value: unknown): Date {
  const at = typeof value === 'string' ? parseInstant(value) : Number.NaN;
  if (Number.isNaN(at))
    throw new GraphQLError('DateTime must be an RFC 3339 text such as 2026-01-31T12:00:00.000Z');
  return new Date(at);
}

function toBigInt(value: unknown): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return BigInt(value);
  throw new GraphQLError('BigInt must be a whole number');
}
