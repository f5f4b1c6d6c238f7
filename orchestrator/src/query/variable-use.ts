import {
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ASTNode,
  type ASTVisitor,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';
import { countsOf } from './count-argument.ts';

/** What a variable is used for. */
export interface VariableUse {
  /** Of the argument and of the fields within it, from the field on. */
  readonly names: readonly string[];
  /** What the argument allows, if it says how many. */
  readonly counts: string | undefined;
}

/** What a variable is used for first; if for nothing, its own name stands for that. */
export function firstUse(schema: GraphQLSchema, document: DocumentNode, variable: string): VariableUse {
  const path: string[] = [];
  let found: VariableUse | undefined;
  const isNamed = (node: ASTNode) => node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD;
  const types = new TypeInfo(schema);
  const visitor: ASTVisitor = {
    // Where variables are declared none is used.
    VariableDefinition: () => false,
    enter(node) {
      if (isNamed(node)) path.push((node as { name: { value: string } }).name.value);
      if (node.kind === Kind.VARIABLE && node.name.value === variable)
        found ??= {
          names: [...path],
          counts: path.length === 1 ? countsOf(types.getArgument()) : undefined,
        };
    },
    leave(node) {
      if (isNamed(node)) path.pop();
    },
  };
  visit(document, visitWithTypeInfo(types, visitor));
  return found ?? { names: [`$${variable}`], counts: undefined };
}
