import {
  getNamedType,
  getNullableType,
  GraphQLError,
  isListType,
  isObjectType,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type GraphQLObjectType,
  type SelectionSetNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';

/** How much one query may ask for. */
export interface QueryLimits {
  readonly maxDepth: number;
  readonly maxCost: number;
  readonly maxAliases: number;
  readonly introspection: boolean;
}

/** How much a query asks for at most, whatever its variables leave out. */
interface Weight {
  readonly depth: number;
  readonly cost: number;
  readonly aliases: number;
}

/** What a list counts as whose length the schema doesn't tell by the extension `listSize`. */
const ASSUMED_LIST_SIZE = 50;

/**
 * Makes the rules that refuse a query before any of it runs.
 *
 * An object costs 1, a field whose extension `cost` says so costs that, and what is below a list counts for each of
 * its elements. Introspection costs nothing: it reads nothing, and the validation of graphql-js bounds its depth.
 */
export function limitRules(limits: QueryLimits): ValidationRule[] {
  const limit: ValidationRule = (context) => ({
    OperationDefinition: (operation) => {
      const root = context.getSchema().getRootType(operation.operation);
      if (root == null) return;
      const weight = createScale(context)(operation.selectionSet, root);
      const refuse = (code: string, message: string): void => {
        context.reportError(new GraphQLError(message, { nodes: operation, extensions: { code } }));
      };
      if (weight.depth > limits.maxDepth)
        refuse('QUERY_TOO_DEEP', `The query nests ${weight.depth} levels; ${limits.maxDepth} are allowed.`);
      if (weight.aliases > limits.maxAliases)
        refuse(
          'TOO_MANY_ALIASES',
          `The query has ${weight.aliases} aliases; ${limits.maxAliases} are allowed.`,
        );
      if (weight.cost > limits.maxCost)
        refuse('QUERY_TOO_COSTLY', `The query costs ${weight.cost}; ${limits.maxCost} is allowed.`);
    },
  });
  return limits.introspection ? [limit] : [limit, NoSchemaIntrospectionCustomRule];
}

/** Weighs selections; a fragment is weighed once, however often it is used. */
function createScale(context: ValidationContext): (set: SelectionSetNode, type: GraphQLObjectType) => Weight {
  const fragments = new Map<string, Weight>();

  const weigh = (set: SelectionSetNode, type: GraphQLObjectType): Weight => {
    let weight: Weight = { depth: 0, cost: 0, aliases: 0 };
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) weight = united(weight, weigh(node.selectionSet, type));
      else if (node.kind === Kind.FRAGMENT_SPREAD)
        weight = united(weight, weighFragment(node.name.value, type));
      else {
        const aliases = node.alias === undefined ? 0 : 1;
        weight = united(weight, { depth: 0, cost: 0, aliases });
        weight = united(weight, weighField(node.name.value, node.selectionSet, type));
      }
    }
    return weight;
  };

  const weighField = (name: string, set: SelectionSetNode | undefined, type: GraphQLObjectType): Weight => {
    // Fields that don't exist are told by other rules.
    const field = type.getFields()[name];
    if (field === undefined) return { depth: 0, cost: 0, aliases: 0 };
    const own = numberOf(field.extensions['cost']) ?? 0;
    const below = getNamedType(field.type);
    if (set === undefined || !isObjectType(below)) return { depth: 1, cost: own, aliases: 0 };
    const inner = weigh(set, below);
    const size = isListType(getNullableType(field.type))
      ? (numberOf(field.extensions['listSize']) ?? ASSUMED_LIST_SIZE)
      : 1;
    return { depth: inner.depth + 1, cost: own + size * (1 + inner.cost), aliases: inner.aliases };
  };

  const weighFragment = (name: string, type: GraphQLObjectType): Weight => {
    const known = fragments.get(name);
    if (known !== undefined) return known;
    // Stands in while the fragment is weighed: one that uses itself is refused by another rule.
    fragments.set(name, { depth: 0, cost: 0, aliases: 0 });
    const fragment = context.getFragment(name);
    if (fragment == null) return { depth: 0, cost: 0, aliases: 0 };
    const weight = weigh(fragment.selectionSet, type);
    fragments.set(name, weight);
    return weight;
  };

  return weigh;
}

function united(a: Weight, b: Weight): Weight {
  return { depth: Math.max(a.depth, b.depth), cost: a.cost + b.cost, aliases: a.aliases + b.aliases };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
