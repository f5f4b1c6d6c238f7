import {
  execute,
  getOperationAST,
  Kind,
  OperationTypeNode,
  type ExecutionArgs,
  type ExecutionResult,
  type FieldNode,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileCompleter, NotSimple, type Completer } from './completer.ts';
import { createRootSchema } from './root-schema.ts';

/** What is known of an operation. */
interface Plan {
  simple: boolean;
  /** By the first node of each field at the root. */
  readonly completers: Map<FieldNode, Completer>;
}

/**
 * Makes an `execute` that takes queries through graphql-js only as far as the fields at the root: it reads variables
 * and arguments, runs resolvers and places their errors. What they give is completed by functions compiled for the
 * selection. Where that can't be, or goes wrong below the root, graphql-js executes the whole query, anew if need be:
 * the answer is always the one that it gives.
 *
 * @param beginAgain is told before a query is executed anew, and may say that its answer does not matter any more
 */
export function createExecutor(
  schema: GraphQLSchema,
  beginAgain: (args: ExecutionArgs) => boolean = () => true,
): (args: ExecutionArgs) => Promise<ExecutionResult> {
  const plans = new WeakMap<OperationDefinitionNode, Plan>();
  const planOf = (operation: OperationDefinitionNode): Plan => {
    const known = plans.get(operation);
    if (known !== undefined) return known;
    const plan = { simple: isSimple(operation), completers: new Map<FieldNode, Completer>() };
    plans.set(operation, plan);
    return plan;
  };
  const completerOf = ({ operation, fieldName, fieldNodes, fragments }: GraphQLResolveInfo): Completer => {
    const { completers } = planOf(operation);
    const [first] = fieldNodes;
    const field = schema.getQueryType()?.getFields()[fieldName];
    if (first === undefined || field === undefined) throw new NotSimple('no field of queries');
    const known = completers.get(first);
    if (known !== undefined) return known;
    const completer = compileCompleter(field.type, fieldNodes, fragments);
    completers.set(first, completer);
    return completer;
  };
  const rootSchema = createRootSchema(schema, completerOf);

  return async (args) => {
    const operation = getOperationAST(args.document, args.operationName);
    const plan = operation == null ? undefined : planOf(operation);
    if (plan?.simple !== true) return execute(args);
    const result = await execute({ ...args, schema: rootSchema });
    if (result.errors?.some(({ originalError }) => originalError instanceof NotSimple) !== true)
      return result;
    if (!beginAgain(args)) return result;
    plan.simple = false;
    return execute(args);
  };
}

/** Whether the same fields are at the root in each run, and none of them tells of the schema. */
function isSimple({ operation, selectionSet }: OperationDefinitionNode): boolean {
  return (
    operation === OperationTypeNode.QUERY &&
    selectionSet.selections.every(
      (node) =>
        node.kind === Kind.FIELD &&
        (node.directives?.length ?? 0) === 0 &&
        (!node.name.value.startsWith('__') || node.name.value === '__typename'),
    )
  );
}
