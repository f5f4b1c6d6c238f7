import {
  getEnterLeaveForKind,
  GraphQLError,
  isRequiredArgument,
  Kind,
  KnownArgumentNamesRule,
  MaxIntrospectionDepthRule,
  NoSchemaIntrospectionCustomRule,
  print,
  ProvidedRequiredArgumentsRule,
  specifiedRules,
  ValuesOfCorrectTypeRule,
  type ASTNode,
  type ASTVisitor,
  type FieldNode,
  type ValidationContext,
  type ValidationRule,
} from 'graphql';
import { allowedValues } from './allowed-values.ts';
import { countsOf, noCount } from './count-argument.ts';
import { limitRefusal, type BrokenLimit } from './limit-refusal.ts';
import { asSentence } from './sentence.ts';

/** What an error is explained with: where in the document it was found. */
interface Place {
  readonly context: ValidationContext;
  /** Names of the arguments and fields of input objects that lead to it. */
  readonly path: readonly string[];
}

/** The argument that an error is about, and what may stand there. */
interface Explanation {
  readonly argument?: string | undefined;
  readonly allowed?: string | undefined;
  /** What is wrong, where graphql-js would tell the limits of its own types. */
  readonly message?: string;
}

const EXPLAINED = new Map<ValidationRule, (place: Place, error: GraphQLError) => Explanation>([
  [ValuesOfCorrectTypeRule, wrongValue],
  [KnownArgumentNamesRule, unknownArgument],
  [ProvidedRequiredArgumentsRule, missingArgument],
]);

/**
 * The rules that documents are checked by: those of the specification, of which the ones about arguments give errors
 * of code `BAD_USER_INPUT` that tell the argument and what it takes.
 */
export function validationRules(introspection: boolean): ValidationRule[] {
  const rules = specifiedRules.map((rule) => {
    if (rule === MaxIntrospectionDepthRule) return shallowIntrospection;
    const explain = EXPLAINED.get(rule);
    return explain === undefined ? rule : explained(rule, explain);
  });
  return introspection ? rules : [...rules, introspectionIsOff];
}

function explained(
  rule: ValidationRule,
  explain: (place: Place, error: GraphQLError) => Explanation,
): ValidationRule {
  return (context) => {
    const path: string[] = [];
    const reporting = Object.create(context, {
      reportError: {
        value: (error: GraphQLError) => {
          context.reportError(badInput(error, explain({ context, path }, error)));
        },
      },
    }) as ValidationContext;
    const inner = rule(reporting);
    const named = (node: ASTNode) =>
      node.kind === Kind.ARGUMENT || node.kind === Kind.OBJECT_FIELD ? node.name.value : undefined;
    const visitor: ASTVisitor = {
      enter(node, ...rest) {
        const name = named(node);
        if (name !== undefined) path.push(name);
        return getEnterLeaveForKind(inner, node.kind).enter?.call(inner, node as never, ...rest) as unknown;
      },
      leave(node, ...rest) {
        const { leave } = getEnterLeaveForKind(inner, node.kind);
        const result = leave?.call(inner, node as never, ...rest) as unknown;
        if (named(node) !== undefined) path.pop();
        return result;
      },
    };
    return visitor;
  };
}

function badInput(error: GraphQLError, { argument, allowed, ...told }: Explanation): GraphQLError {
  const subject = argument === undefined ? '' : `${argument}: `;
  const range = allowed === undefined ? '' : ` Allowed: ${allowed}.`;
  return new GraphQLError(`${subject}${asSentence(told.message ?? error.message)}${range}`, {
    ...(error.nodes !== undefined && { nodes: error.nodes }),
    extensions: {
      code: 'BAD_USER_INPUT',
      ...(argument !== undefined && { argument }),
      ...(allowed !== undefined && { allowed }),
    },
  });
}

function wrongValue({ context, path }: Place, error: GraphQLError): Explanation {
  const node = error.nodes?.[0];
  const counts = path.length === 1 ? countsOf(context.getArgument()) : undefined;
  if (counts !== undefined && node !== undefined)
    return { argument: path[0], allowed: counts, message: noCount(print(node)) };
  // An unknown field of an input object has no type itself: what its object takes is told.
  const unknown = node?.kind === Kind.OBJECT_FIELD;
  const type = unknown ? context.getParentInputType() : context.getInputType();
  return {
    argument: path.length === 0 ? undefined : path.join('.'),
    allowed: type == null ? undefined : allowedValues(type),
  };
}

function unknownArgument({ context, path }: Place): Explanation {
  const names = context.getFieldDef()?.args.map(({ name }) => name) ?? [];
  return { argument: path.join('.'), allowed: names.length === 0 ? 'no arguments' : names.join(', ') };
}

function missingArgument({ context }: Place, error: GraphQLError): Explanation {
  const given = (error.nodes?.[0] as FieldNode | undefined)?.arguments?.map(({ name }) => name.value) ?? [];
  const missing = (context.getDirective() ?? context.getFieldDef())?.args.filter(
    (argument) => isRequiredArgument(argument) && !given.includes(argument.name),
  );
  if (missing === undefined || missing.length === 0) return {};
  return {
    argument: missing.map(({ name }) => name).join(', '),
    allowed: missing.map(({ type }) => allowedValues(type)).join(', '),
  };
}

/** Refuses to tell the schema, with the setting that could change this. */
const introspectionIsOff = refusing(NoSchemaIntrospectionCustomRule, {
  code: 'INTROSPECTION_OFF',
  message: 'The schema is not told here',
  limit: 'CULVERT_INTROSPECTION',
  allowed: false,
});

/** Refuses to tell the schema in circles. What is allowed is fixed in graphql-js, which refuses the third list. */
const shallowIntrospection = refusing(MaxIntrospectionDepthRule, {
  code: 'QUERY_TOO_DEEP',
  message: 'The query nests lists of the schema within one another',
  limit: 'introspection',
  allowed: 2,
});

/** A rule that names its limit instead of using its own words. */
function refusing(rule: ValidationRule, limit: Omit<BrokenLimit, 'node'>): ValidationRule {
  return (context) => {
    const reporting = Object.create(context, {
      reportError: {
        value: (error: GraphQLError) => {
          context.reportError(limitRefusal({ ...limit, node: error.nodes?.[0] }));
        },
      },
    }) as ValidationContext;
    return rule(reporting);
  };
}
