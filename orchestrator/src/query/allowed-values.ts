import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from 'graphql';

/** What scalars take, in words. */
const SCALARS: Readonly<Record<string, string>> = {
  Int: 'a whole number from -2147483648 to 2147483647',
  Float: 'a number',
  String: 'a text',
  ID: 'a text',
  Boolean: 'true or false',
  BigInt: 'a whole number',
  DateTime: 'an RFC 3339 text such as 2026-01-31T12:00:00.000Z',
};

/** Says in words what values a type takes: of an enum its values, of an input object its fields. */
export function allowedValues(type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  const or = isNonNullType(type) ? '' : ' or null';
  if (isListType(nullable)) return `a list of: ${allowedValues(nullable.ofType)}`;
  if (isEnumType(nullable))
    return `${nullable
      .getValues()
      .map(({ name }) => name)
      .join(', ')}${or}`;
  if (isInputObjectType(nullable))
    return `an object with ${Object.values(nullable.getFields())
      .map(({ name, type: of }) => `${name}: ${String(of)}`)
      .join(', ')}${or}`;
  return `${SCALARS[nullable.name] ?? nullable.name}${or}`;
}
