import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql';

type Info = Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>;

/**
 * The names of the fields that a query selects directly below the field being resolved: aliases undone, fragments
 * opened up, `@skip` and `@include` obeyed.
 *
 * Type conditions of fragments are not looked at: below a field of object type only fragments on that type pass
 * validation.
 */
export function selectedFields(info: Info): ReadonlySet<string> {
  return selectedBelow(info, []);
}

/** The same below a field of the field being resolved, and so on along a path. */
export function selectedBelow(info: Info, path: readonly string[]): ReadonlySet<string> {
  // One field can stand several times in an operation; its selections are united.
  let sets = info.fieldNodes.map((node) => node.selectionSet);
  for (const step of path)
    sets = fieldsOf(info, sets)
      .filter((node) => node.name.value === step)
      .map((node) => node.selectionSet);
  return new Set(fieldsOf(info, sets).map((node) => node.name.value));
}

function fieldsOf(info: Info, sets: readonly (SelectionSetNode | undefined)[]): FieldNode[] {
  const found: FieldNode[] = [];
  const opened = new Set<string>();
  const collect = (set: SelectionSetNode | undefined): void => {
    for (const node of set?.selections ?? []) {
      if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.['if'] === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.['if'] === false) continue;
      if (node.kind === Kind.FIELD) found.push(node);
      else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet);
      else if (!opened.has(node.name.value)) {
        opened.add(node.name.value);
        collect(info.fragments[node.name.value]?.selectionSet);
      }
    }
  };
  for (const set of sets) collect(set);
  return found;
}
