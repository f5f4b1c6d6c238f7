import {
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  isInputType,
  isNonNullType,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLResolveInfo,
} from 'graphql';
import { NotSimple, type Completer } from './completer.ts';

/** Values that are completed already. */
const completed = new GraphQLScalarType({ name: 'Completed', serialize: (value) => value });

/**
 * The queries of a schema with resolvers that complete what they give, so that to an executor all of them are scalars.
 *
 * @param completerOf finds the completer of a field at the root, before its resolver runs
 */
export function createRootSchema(
  schema: GraphQLSchema,
  completerOf: (info: GraphQLResolveInfo) => Completer,
): GraphQLSchema {
  const type = schema.getQueryType();
  if (type == null) throw new TypeError('a schema without queries');
  return new GraphQLSchema({
    query: new GraphQLObjectType({
      name: type.name,
      fields: Object.fromEntries(
        Object.values(type.getFields()).map((field) => [field.name, completedField(field, completerOf)]),
      ),
    }),
    directives: schema.getDirectives(),
    // Variables may have types that no field at the root takes.
    types: Object.values(schema.getTypeMap()).filter((known) => isInputType(known)),
    assumeValid: true,
  });
}

function completedField(
  field: GraphQLField<unknown, unknown>,
  completerOf: (info: GraphQLResolveInfo) => Completer,
): GraphQLFieldConfig<unknown, unknown> {
  const { resolve, args, type } = field;
  return {
    type: isNonNullType(type) ? new GraphQLNonNull(completed) : completed,
    args: Object.fromEntries(args.map((argument) => [argument.name, argument])),
    resolve: async (source, given, context, info) => {
      const complete = completerOf(info);
      if (resolve === undefined) throw new NotSimple('a field without a resolver');
      const value: unknown = await resolve(source, given, context, info);
      // Those fail the field itself.
      if (value == null || value instanceof Error) return value;
      try {
        return complete(value, context);
      } catch (error) {
        throw error instanceof NotSimple
          ? error
          : new NotSimple('something below went wrong', { cause: error });
      }
    },
  };
}
