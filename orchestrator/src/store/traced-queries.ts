import { AsyncResource } from 'node:async_hooks';
import type pg from 'pg';
import { errorType } from '@culvert/runtime/tracing/error-type';
import type { Span, Tracing } from '@culvert/runtime/tracing/tracing';
import { describeStatement } from './describe-statement.ts';

/** What `query` of a client is given: a text, a description of a statement, or a stream that COPY writes to. */
type Argument =
  | string
  | {
      readonly text?: string;
      readonly submit?: unknown;
      once?(event: string, listener: (error?: Error) => void): void;
    };
type Query = (first: Argument, ...more: unknown[]) => unknown;
type Callback = (error: Error | undefined, ...more: unknown[]) => void;

/**
 * Makes a span of each statement that runs within another span, with its text but not its parameters. What runs on its
 * own, such as the making of partitions, leaves none.
 */
export function traceQueries(pool: pg.Pool, tracing: Tracing): void {
  if (!tracing.on) return;
  pool.on('connect', (client) => {
    const traced = client as unknown as { query: Query; readonly database?: string };
    traced.query = tracedQuery(traced.query.bind(client), tracing, traced.database);
  });
  // Whoever waits for a connection gets it while another one's work is being done, and would be seen as part of it.
  const waiting = pool as unknown as { connect: (callback?: Callback) => unknown };
  const connect = waiting.connect.bind(pool);
  waiting.connect = (callback) =>
    callback === undefined ? connect() : connect(AsyncResource.bind(callback));
}

function tracedQuery(query: Query, tracing: Tracing, database: string | undefined): Query {
  return (first, ...more) => {
    if (tracing.current() === undefined) return query(first, ...more);
    const text = (typeof first === 'string' ? first : first.text) ?? '';
    const span = startSpan(text, tracing, database);
    const last = more.at(-1);
    if (typeof last === 'function') {
      const callback = AsyncResource.bind(last as Callback);
      const ended: Callback = (error, ...results) => {
        finish(span, error);
        callback(error, ...results);
      };
      return query(first, ...more.slice(0, -1), ended);
    }
    const result = query(first, ...more);
    if (typeof first === 'object' && first.submit !== undefined) {
      for (const event of ['error', 'finish', 'end', 'close'])
        first.once?.(event, (error) => {
          finish(span, error);
        });
      return result;
    }
    return (result as Promise<unknown>).then(
      (rows) => {
        finish(span);
        return rows;
      },
      (error: unknown) => {
        finish(span, error);
        throw error;
      },
    );
  };
}

function startSpan(text: string, tracing: Tracing, database: string | undefined): Span {
  const { operation, table, summary } = describeStatement(text);
  return tracing.start(summary, {
    kind: 'client',
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': database,
      'db.operation.name': operation,
      'db.collection.name': table,
      'db.query.summary': summary,
      'db.query.text': text,
    },
  });
}

/** Ending a span twice changes nothing. */
function finish(span: Span, error?: unknown): void {
  if (error != null) {
    const type = errorType(error);
    span.set('db.response.status_code', type);
    span.fail(type);
  }
  span.end();
}
