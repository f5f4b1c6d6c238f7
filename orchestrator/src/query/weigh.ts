import {
  getDirectiveValues,
  getNamedType,
  getNullableType,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  isInterfaceType,
  isListType,
  isObjectType,
  isUnionType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** How much an operation asks for at most. */
export interface Weight {
  readonly depth: number;
  readonly cost: number;
  readonly aliases: number;
}

/** What an operation is weighed with. */
export interface Scale {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** Coerced, with their defaults. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What a list counts as whose length nothing tells. */
const ASSUMED_LIST_SIZE = 50;
/** No argument makes a list longer; a larger one is refused where it is read. */
const MOST_ELEMENTS = 500;
/** Arguments that say how long a list may become. */
const LENGTHS = ['first', 'limit'];
const NOTHING: Weight = { depth: 0, cost: 0, aliases: 0 };

/**
 * Weighs a valid selection.
 *
 * An object costs 1, a field whose extension `cost` says so costs that, and what is below a list counts for each of
 * its elements: as many as `first` or `limit` asks for, also where the list lies one level deeper as in connections,
 * else as many as the field's extension `listSize` says. What `@skip` and `@include` leave out weighs nothing.
 * Introspection costs nothing: it reads nothing, and the validation of graphql-js bounds its depth.
 *
 * A fragment is weighed once, however often it is used.
 */
export function weigh(scale: Scale, selection: SelectionSetNode, root: GraphQLNamedType): Weight {
  const known = new Map<string, Weight>();

  const weighSet = (set: SelectionSetNode, type: GraphQLNamedType, page: number | undefined): Weight => {
    let weight = NOTHING;
    for (const node of set.selections)
      if (!leftOut(scale, node)) weight = united(weight, weighNode(node, type, page));
    return weight;
  };

  const weighNode = (node: SelectionNode, type: GraphQLNamedType, page: number | undefined): Weight => {
    if (node.kind === Kind.INLINE_FRAGMENT)
      return weighSet(node.selectionSet, conditionOf(scale, node.typeCondition?.name.value) ?? type, page);
    if (node.kind === Kind.FRAGMENT_SPREAD) return weighFragment(node.name.value, page);
    const weight = weighField(node, type, page);
    return node.alias === undefined ? weight : united(weight, { ...NOTHING, aliases: 1 });
  };

  const weighField = (node: FieldNode, type: GraphQLNamedType, page: number | undefined): Weight => {
    const field = fieldOf(type, node.name.value);
    // Introspection: only what it is called can be many.
    if (field === undefined)
      return { ...NOTHING, aliases: node.selectionSet ? aliasesIn(node.selectionSet) : 0 };
    const own = numberOf(field.extensions['cost']) ?? 0;
    if (node.selectionSet === undefined) return { depth: 1, cost: own, aliases: 0 };
    const asked = askedLength(scale, field, node);
    const isList = isListType(getNullableType(field.type));
    const inner = weighSet(node.selectionSet, getNamedType(field.type), isList ? undefined : asked);
    const size = isList ? (asked ?? numberOf(field.extensions['listSize']) ?? page ?? ASSUMED_LIST_SIZE) : 1;
    return { depth: inner.depth + 1, cost: own + size * (1 + inner.cost), aliases: inner.aliases };
  };

  const weighFragment = (name: string, page: number | undefined): Weight => {
    const key = `${name} ${page ?? ''}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const fragment = scale.fragments.get(name);
    const type = conditionOf(scale, fragment?.typeCondition.name.value);
    const weight =
      fragment === undefined || type === undefined ? NOTHING : weighSet(fragment.selectionSet, type, page);
    known.set(key, weight);
    return weight;
  };

  return weighSet(selection, root, undefined);
}

/** How many elements a field's arguments ask for; undefined where none of them says. */
function askedLength(
  scale: Scale,
  field: GraphQLField<unknown, unknown>,
  node: FieldNode,
): number | undefined {
  const argument = field.args.find(({ name }) => LENGTHS.includes(name));
  if (argument === undefined) return undefined;
  const value = node.arguments?.find(({ name }) => name.value === argument.name)?.value;
  const given =
    value?.kind === Kind.INT
      ? Number(value.value)
      : value?.kind === Kind.VARIABLE
        ? numberOf(scale.variables[value.name.value])
        : undefined;
  const most = numberOf(field.extensions['listSize']) ?? MOST_ELEMENTS;
  const length = given ?? numberOf(argument.defaultValue) ?? ASSUMED_LIST_SIZE;
  return Math.min(Math.max(length, 0), most);
}

function leftOut({ variables }: Scale, node: SelectionNode): boolean {
  if (node.directives === undefined || node.directives.length === 0) return false;
  return (
    getDirectiveValues(GraphQLSkipDirective, node, variables)?.['if'] === true ||
    getDirectiveValues(GraphQLIncludeDirective, node, variables)?.['if'] === false
  );
}

function fieldOf(type: GraphQLNamedType, name: string): GraphQLField<unknown, unknown> | undefined {
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}

function conditionOf({ schema }: Scale, name: string | undefined): GraphQLNamedType | undefined {
  const type = name === undefined ? undefined : schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) || isUnionType(type) ? type : undefined;
}

function aliasesIn(set: SelectionSetNode): number {
  let aliases = 0;
  for (const node of set.selections) {
    if (node.kind === Kind.FIELD && node.alias !== undefined) aliases++;
    if (node.kind !== Kind.FRAGMENT_SPREAD && node.selectionSet !== undefined)
      aliases += aliasesIn(node.selectionSet);
  }
  return aliases;
}

function united(a: Weight, b: Weight): Weight {
  return { depth: Math.max(a.depth, b.depth), cost: a.cost + b.cost, aliases: a.aliases + b.aliases };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
