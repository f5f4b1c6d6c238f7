import {
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type SelectionSetNode,
} from 'graphql';

/** Makes of what a resolver gave what stands in the answer. @throws {@link NotSimple} or whatever a resolver throws */
export type Completer = (value: unknown, context: unknown) => unknown;

/** Something that is left to graphql-js. */
export class NotSimple extends Error {}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

const NO_ARGUMENTS = Object.freeze({});

/**
 * Compiles what is selected of a type. What comes out is just what graphql-js would make, as long as all goes well;
 * whatever does not, or may wait, is {@link NotSimple}.
 *
 * @param nodes all fields of the selection that have one key in the answer
 * @throws NotSimple for types and fields that are left to graphql-js
 */
export function compileCompleter(
  type: GraphQLOutputType,
  nodes: readonly FieldNode[],
  fragments: Fragments,
): Completer {
  if (isNonNullType(type)) {
    const complete = compileCompleter(type.ofType as GraphQLOutputType, nodes, fragments);
    return (value, context) => {
      const completed = complete(value, context);
      if (completed === null) throw new NotSimple('a null where none may be');
      return completed;
    };
  }
  if (isListType(type)) return completeList(compileCompleter(type.ofType, nodes, fragments));
  if (isLeafType(type)) return completeLeaf(type);
  if (isObjectType(type)) return completeObject(type, nodes, fragments);
  throw new NotSimple('an abstract type');
}

function completeList(completeItem: Completer): Completer {
  return (value, context) => {
    if (value == null) return null;
    if (!Array.isArray(value)) throw new NotSimple('a list that is no array');
    return value.map((item) => completeItem(item, context));
  };
}

function completeLeaf(type: GraphQLLeafType): Completer {
  return (value) => {
    if (value == null) return null;
    if (typeof value === 'object' || typeof value === 'function') refuseSpecial(value);
    const serialized: unknown = type.serialize(value);
    if (serialized == null) throw new NotSimple('a value that became null');
    return serialized;
  };
}

function completeObject(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  fragments: Fragments,
): Completer {
  if (type.isTypeOf != null) throw new NotSimple('a type that looks at its values');
  const fields = [...selectedFields(type, nodes, fragments)].map(([key, of]) => ({
    key,
    read: compileField(type, of, fragments),
  }));
  // A copy of an object that has all its keys is made faster, and written as JSON faster, than one that gets them one
  // by one.
  const template = JSON.parse(
    JSON.stringify(Object.fromEntries(fields.map(({ key }) => [key, null]))),
  ) as Record<string, unknown>;
  return (value, context) => {
    if (value == null) return null;
    refuseSpecial(value);
    const completed = { ...template };
    for (const { key, read } of fields) completed[key] = read(value, context);
    return completed;
  };
}

function compileField(type: GraphQLObjectType, nodes: readonly FieldNode[], fragments: Fragments): Completer {
  const name = nodes[0]?.name.value ?? '';
  if (name === '__typename') return () => type.name;
  const field = type.getFields()[name];
  if (field === undefined) throw new NotSimple('a field of another kind');
  const resolve = simpleResolver(field);
  const complete = compileCompleter(field.type, nodes, fragments);
  return (source, context) => complete(resolve(source, context), context);
}

/** A resolver that needs nothing but its source and the context. */
function simpleResolver({ name, resolve, args }: GraphQLField<unknown, unknown>): Completer {
  if (args.length > 0) throw new NotSimple('a field with arguments');
  if (resolve === undefined) return (source) => ownValue(source, name);
  if (resolve.length > 3) throw new NotSimple('a resolver that asks where it is');
  // Found out before anything has run.
  if (Object.prototype.toString.call(resolve) === '[object AsyncFunction]') throw new NotSimple('a promise');
  // One that asks all the same fails, and is left to graphql-js.
  const noInfo = undefined as never;
  return (source, context) => resolve(source, NO_ARGUMENTS, context, noInfo);
}

/** What a field without a resolver of its own has. */
function ownValue(source: unknown, name: string): unknown {
  if (typeof source !== 'object' || source === null) return undefined;
  const value = (source as Record<string, unknown>)[name];
  if (typeof value === 'function') throw new NotSimple('a method');
  return value;
}

/** The fields below some nodes by their keys, in the order of the answer. */
function selectedFields(
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
  fragments: Fragments,
): ReadonlyMap<string, readonly FieldNode[]> {
  const found = new Map<string, FieldNode[]>();
  const opened = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const node of set?.selections ?? []) {
      if ((node.directives?.length ?? 0) > 0) throw new NotSimple('a directive');
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        const same = found.get(key);
        if (same === undefined) found.set(key, [node]);
        else same.push(node);
        continue;
      }
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
      if (node.kind === Kind.FRAGMENT_SPREAD) {
        if (opened.has(node.name.value)) continue;
        opened.add(node.name.value);
      }
      const condition = fragment?.typeCondition?.name.value;
      if (condition !== undefined && condition !== type.name)
        throw new NotSimple('a fragment on another type');
      collect(fragment?.selectionSet);
    }
  };
  for (const { selectionSet } of nodes) collect(selectionSet);
  return found;
}

/** Errors as values fail their fields, and promises are waited for: both by graphql-js. */
function refuseSpecial(value: object): void {
  if (value instanceof Error || 'then' in value) throw new NotSimple('an error or a promise');
}
