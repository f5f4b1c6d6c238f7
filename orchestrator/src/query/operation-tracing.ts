import { randomUUID } from 'node:crypto';
import { getOperationAST, type ExecutionArgs } from 'graphql';
import { logFieldsAround, withLogFields } from '@culvert/runtime/log-context';
import type { Span, Tracing } from '@culvert/runtime/tracing/tracing';
import type { Graphql } from './graphql.ts';

/** Longer names are not from anybody who means to find them again. */
const LONGEST_NAME = 64;

/**
 * Makes a span of each GraphQL operation, around the statements that it runs; of a subscription, until it has begun. The
 * document is left out: it may hold values. What is logged for an operation has its request's id, or one of its own
 * where it comes over a connection that carries many.
 */
export function traceOperations(graphql: Graphql, tracing: Tracing): Graphql {
  const traced =
    <R extends object>(run: (args: ExecutionArgs) => Promise<R>) =>
    async (args: ExecutionArgs): Promise<R> => {
      const span = startSpan(args, tracing);
      const { traceId: trace_id, spanId: span_id } = span.place ?? {};
      const requestId = logFieldsAround().requestId ?? randomUUID();
      const fields = { requestId, ...(trace_id !== undefined && { trace_id, span_id }) };
      try {
        const result = await withLogFields(fields, () => tracing.within(span, () => run(args)));
        if ('errors' in result) fail(span, result.errors);
        return result;
      } finally {
        span.end();
      }
    };
  return {
    prepare: (request) => graphql.prepare(request),
    execute: traced((args) => graphql.execute(args)),
    subscribe: traced((args) => graphql.subscribe(args)),
  };
}

function startSpan({ document, operationName }: ExecutionArgs, tracing: Tracing): Span {
  const operation = getOperationAST(document, operationName);
  const type = operation?.operation ?? 'query';
  const name = operation?.name?.value.slice(0, LONGEST_NAME);
  return tracing.start(name === undefined ? type : `${type} ${name}`, {
    attributes: { 'graphql.operation.type': type, 'graphql.operation.name': name },
  });
}

function fail(span: Span, errors: unknown): void {
  const [first] = Array.isArray(errors) ? (errors as { extensions?: { code?: unknown } }[]) : [];
  if (first === undefined) return;
  const code = first.extensions?.code;
  span.fail(typeof code === 'string' ? code : 'GRAPHQL_ERROR');
}
