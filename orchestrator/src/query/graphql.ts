import { getOperationAST, type DocumentNode, type GraphQLSchema } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { Logger } from '@culvert/runtime/log';
import type { QueryContext } from './context.ts';
import { createErrorMask } from './faults.ts';
import type { OperationMetrics } from './operation-metrics.ts';
import { limitRules, type QueryLimits } from './query-limits.ts';

/** What {@link createGraphql} needs. */
export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly context: QueryContext;
  readonly log: Logger;
  readonly metrics: OperationMetrics;
  readonly limits: QueryLimits;
}

/** A GraphQL server without a socket. */
export type Graphql = ReturnType<typeof createGraphql>;

/** Puts a schema behind `fetch`: one operation a request, sent as JSON by POST. */
export function createGraphql(options: GraphqlOptions) {
  return createYoga<Record<string, never>, QueryContext>({
    schema: options.schema,
    context: () => options.context,
    graphqlEndpoint: '/graphql',
    // The page is served by http/, with a policy that keeps it from loading anything from elsewhere.
    graphiql: false,
    landingPage: false,
    // Pages of other origins may not ask at all.
    cors: false,
    multipart: false,
    batching: false,
    maskedErrors: { maskError: createErrorMask(options.log) },
    // The mask logs what has to be logged.
    logging: false,
    plugins: [limit(options.limits), measure(options.metrics)],
  });
}

function limit(limits: QueryLimits): Plugin {
  const rules = limitRules(limits);
  return {
    onValidate({ addValidationRule }) {
      for (const rule of rules) addValidationRule(rule);
    },
  };
}

function measure(metrics: OperationMetrics): Plugin {
  return {
    onExecute({ args }) {
      const operation = getOperationAST(
        args.document as DocumentNode,
        args.operationName as string | undefined,
      );
      const started = performance.now();
      return {
        onExecuteDone({ result }) {
          const failed = 'errors' in result && result.errors !== undefined && result.errors.length > 0;
          metrics.observe(operation?.name?.value, failed, performance.now() - started);
        },
      };
    },
  };
}
