import SchemaBuilder from '@pothos/core';
import type { QueryContext } from './context.ts';
import {
  parseBigInt,
  parseBigIntLiteral,
  parseDateTime,
  serializeBigInt,
  serializeDateTime,
} from './scalars.ts';

/** What resolvers return for each scalar, and what arguments of it look like. */
interface SchemaTypes {
  Context: QueryContext;
  Scalars: {
    BigInt: { Input: bigint; Output: bigint | number | string };
    DateTime: { Input: Date; Output: Date | number };
    JSON: { Input: unknown; Output: unknown };
  };
}

/** The builder that every part of the schema is declared with. */
export function createBuilder() {
  const builder = new SchemaBuilder<SchemaTypes>({});
  builder.scalarType('BigInt', {
    description:
      'A whole number of any size. Written as a JSON number up to 2^53 − 1 either way, beyond that as a string of digits.',
    serialize: serializeBigInt,
    parseValue: parseBigInt,
    parseLiteral: parseBigIntLiteral,
  });
  builder.scalarType('DateTime', {
    description: 'An instant as RFC 3339 text; answers are in UTC and have milliseconds.',
    serialize: serializeDateTime,
    parseValue: parseDateTime,
  });
  builder.scalarType('JSON', {
    description: 'Any JSON value.',
    serialize: (value) => value,
    parseValue: (value) => value,
  });
  return builder;
}

export type Builder = ReturnType<typeof createBuilder>;
