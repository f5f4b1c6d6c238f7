import {
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  type GraphQLFieldConfigMap,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
} from 'graphql';

/** What was seen of runs. */
export interface Seen {
  /** Resolvers at the root that ran. */
  roots: number;
  /** Resolvers below that were told where they are. */
  placed: number;
}

type Fields = GraphQLFieldConfigMap<unknown, { readonly suffix: string }>;

/** A schema with all that may go well or wrong below the root. */
export function makeSchema(): { readonly schema: GraphQLSchema; readonly seen: Seen } {
  const seen: Seen = { roots: 0, placed: 0 };
  const field = (type: GraphQLOutputType, value: (context: { readonly suffix: string }) => unknown) => ({
    type,
    resolve: (
      ...[, , context, info]: Parameters<GraphQLFieldResolver<unknown, { readonly suffix: string }>>
    ) => {
      // Absent on the quick way, whatever the types say.
      if ((info as unknown) !== undefined) seen.placed++;
      return value(context);
    },
  });
  const root = (type: GraphQLOutputType, value: () => unknown) => ({
    type,
    resolve: () => {
      seen.roots++;
      return value();
    },
  });
  const size = new GraphQLEnumType({ name: 'Size', values: { SMALL: { value: 1 }, LARGE: { value: 2 } } });
  const vanishing = new GraphQLScalarType({ name: 'Vanishing', serialize: () => null });
  const named = new GraphQLInterfaceType({
    name: 'Named',
    fields: { name: { type: GraphQLString } },
    resolveType: () => 'Shop',
  });
  const of = (source: unknown, key: string): unknown => (source as Record<string, unknown>)[key];
  const item = new GraphQLObjectType<unknown, { readonly suffix: string }>({
    name: 'Item',
    interfaces: [named],
    fields: {
      id: { type: new GraphQLNonNull(GraphQLString), resolve: (source) => of(source, 'id') },
      name: { type: GraphQLString, resolve: (source) => of(source, 'id') },
      price: { type: GraphQLFloat, resolve: (source) => of(source, 'price') },
      size: { type: size, resolve: (source) => of(source, 'size') },
      sometimes: {
        type: GraphQLString,
        resolve: (source) => {
          if (of(source, 'id') === 'b') throw new Error('not this one');
          return 'fine';
        },
      },
    },
  });
  const items = [
    { id: 'a', price: 1.5, size: 1 },
    { id: 'b', price: null, size: 2 },
  ];
  const plain = new GraphQLObjectType({
    name: 'Plain',
    fields: { width: { type: GraphQLInt }, area: { type: GraphQLInt } },
  });
  const child = new GraphQLObjectType({
    name: 'Child',
    fields: { never: field(new GraphQLNonNull(GraphQLString), () => null) },
  });
  const shop: GraphQLObjectType = new GraphQLObjectType<unknown, { readonly suffix: string }>({
    name: 'Shop',
    interfaces: [named],
    fields: (): Fields => ({
      name: field(GraphQLString, ({ suffix }) => `shop "\u2028${suffix}`),
      open: field(new GraphQLNonNull(GraphQLBoolean), () => false),
      rating: field(GraphQLInt, () => 0),
      items: field(new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(item))), () => items),
      nothing: field(GraphQLString, () => undefined),
      nobody: field(shop, () => null),
      holes: field(new GraphQLList(item), () => [...items, null]),
      grid: field(new GraphQLList(new GraphQLList(GraphQLInt)), () => [[1, null], null, []]),
      plain: field(plain, () => ({ width: 3, area: () => 9 })),
      throwing: field(GraphQLString, () => {
        throw new Error('thrown');
      }),
      fragile: field(new GraphQLList(item), () => items),
      erring: field(GraphQLString, () => new Error('returned')),
      erringShop: field(shop, () => new Error('returned')),
      child: field(child, () => ({})),
      full: field(new GraphQLList(new GraphQLNonNull(item)), () => [...items, null]),
      misfit: field(GraphQLInt, () => 'many'),
      lost: field(vanishing, () => 'x'),
      noList: field(new GraphQLList(GraphQLInt), () => 7),
      set: field(new GraphQLList(GraphQLInt), () => new Set([1, 2])),
      later: field(GraphQLString, () => Promise.resolve('later')),
      laterShop: field(shop, () => Promise.resolve({})),
      laterItems: field(new GraphQLList(item), () => items.map((one) => Promise.resolve(one))),
      named: field(named, () => ({})),
      greeting: {
        type: GraphQLString,
        args: { to: { type: GraphQLString } },
        resolve: (_source, { to }) => `Hello ${String(to)}`,
      },
      waited: { type: GraphQLString, resolve: async () => Promise.resolve('waited') },
      place: { type: GraphQLString, resolve: (_source, _given, _context, info) => info.path.key },
    }),
  });
  const query = new GraphQLObjectType({
    name: 'Query',
    fields: {
      shop: root(shop, () => ({})),
      none: root(shop, () => null),
      count: root(new GraphQLNonNull(GraphQLInt), () => 2),
      broken: root(shop, () => {
        throw new Error('broken');
      }),
      failing: root(shop, () => Promise.resolve(new Error('failed'))),
      required: root(new GraphQLNonNull(shop), () => Promise.resolve(null)),
      items: {
        type: new GraphQLList(item),
        args: { first: { type: GraphQLInt, defaultValue: 1 }, size: { type: size } },
        resolve: (_source, given: { first: number | null; size?: number }) => {
          seen.roots++;
          return items.filter((one) => one.size >= (given.size ?? 0)).slice(0, given.first ?? 0);
        },
      },
    },
  });
  const mutation = new GraphQLObjectType({
    name: 'Mutation',
    fields: { rename: { ...root(shop, () => ({})), args: { to: { type: GraphQLString } } } },
  });
  return { schema: new GraphQLSchema({ query, mutation, types: [item] }), seen };
}
