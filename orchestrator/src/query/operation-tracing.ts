import { getOperationAST, type DocumentNode, type ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import type { Span, Tracing } from '@culvert/runtime/tracing/tracing';

interface Operation {
  readonly document: unknown;
  readonly operationName?: unknown;
}
type Run<A> = (args: A) => unknown;

/** Longer names are not from anybody who means to find them again. */
const LONGEST_NAME = 64;

/**
 * Makes a span of each GraphQL operation, around the statements that it runs. Of a subscription, until it has begun. The
 * document is left out: it may hold values.
 */
export function traceOperations(tracing: Tracing): Plugin {
  if (!tracing.on) return {};
  const traced =
    <A extends Operation>(run: Run<A>): Run<A> =>
    async (args) => {
      const span = startSpan(args, tracing);
      try {
        const result = await tracing.within(span, () => run(args));
        fail(span, result as ExecutionResult);
        return result;
      } finally {
        span.end();
      }
    };
  return {
    onExecute({ executeFn, setExecuteFn }) {
      setExecuteFn(traced(executeFn as Run<Operation>) as typeof executeFn);
    },
    onSubscribe({ subscribeFn, setSubscribeFn }) {
      setSubscribeFn(traced(subscribeFn as Run<Operation>) as typeof subscribeFn);
    },
  };
}

function startSpan({ document, operationName }: Operation, tracing: Tracing): Span {
  const wanted = typeof operationName === 'string' ? operationName : undefined;
  const operation = getOperationAST(document as DocumentNode, wanted);
  const type = operation?.operation ?? 'query';
  const name = operation?.name?.value.slice(0, LONGEST_NAME);
  return tracing.start(name === undefined ? type : `${type} ${name}`, {
    attributes: { 'graphql.operation.type': type, 'graphql.operation.name': name },
  });
}

function fail(span: Span, { errors }: ExecutionResult): void {
  const [first] = errors ?? [];
  if (first === undefined) return;
  const { code } = first.extensions;
  span.fail(typeof code === 'string' ? code : 'GRAPHQL_ERROR');
}
