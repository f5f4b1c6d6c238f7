import {
  getDirectiveValues,
  GraphQLIncludeDirective,
  GraphQLSkipDirective,
  Kind,
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
  const names = new Set<string>();
  const opened = new Set<string>();

  const collect = (set: SelectionSetNode | undefined): void => {
    for (const node of set?.selections ?? []) {
      if (getDirectiveValues(GraphQLSkipDirective, node, info.variableValues)?.['if'] === true) continue;
      if (getDirectiveValues(GraphQLIncludeDirective, node, info.variableValues)?.['if'] === false) continue;
      if (node.kind === Kind.FIELD) names.add(node.name.value);
      else if (node.kind === Kind.INLINE_FRAGMENT) collect(node.selectionSet);
      else if (!opened.has(node.name.value)) {
        opened.add(node.name.value);
        collect(info.fragments[node.name.value]?.selectionSet);
      }
    }
  };

  // One field can stand several times in an operation; its selections are united.
  for (const node of info.fieldNodes) collect(node.selectionSet);
  return names;
}
