import { GraphQLError } from 'graphql';

/**
 * The error for an argument that can't be used: `BAD_USER_INPUT` with its path and what is allowed.
 *
 * @param argument its path from the field on, such as `first` or `filter.status.min`
 * @param sentence what is wrong with it
 * @param allowed what may stand there instead, such as `1 to 500`
 */
export function badArgument(argument: string, sentence: string, allowed: string): GraphQLError {
  return new GraphQLError(`${argument}: ${sentence}; allowed: ${allowed}.`, {
    extensions: { code: 'BAD_USER_INPUT', argument, allowed },
  });
}
