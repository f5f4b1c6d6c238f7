import {
  createSourceEventStream,
  execute,
  GraphQLError,
  type ExecutionArgs,
  type ExecutionResult,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import type { Logger } from '@culvert/runtime/log';
import { isUpdateStream, mapUpdates, type UpdateStream } from '../live/update-stream.ts';
import { createAnswerBudget } from './answer-budget.ts';
import { createExecutor } from './completion/executor.ts';
import type { QueryContext } from './context.ts';
import { createDocumentReader } from './documents.ts';
import { createErrorMask, type ErrorMask } from './faults.ts';
import type { OperationMetrics } from './operation-metrics.ts';
import { createPermits } from './permits.ts';
import { beyondLimits, type QueryLimits } from './query-limits.ts';
import { readVariables } from './variables.ts';

/** What {@link createGraphql} needs. */
export interface GraphqlOptions {
  readonly schema: GraphQLSchema;
  readonly context: Omit<QueryContext, 'answer'>;
  readonly log: Logger;
  readonly metrics: OperationMetrics;
  readonly limits: QueryLimits;
}

/** One operation as clients ask for it. */
export interface GraphqlRequest {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** A request that may run, or why it may not. */
export type Prepared =
  | { readonly kind: 'ready'; readonly type: `${OperationTypeNode}`; readonly args: ExecutionArgs }
  | { readonly kind: 'refused'; readonly errors: readonly GraphQLError[] };

/** What a subscription brings. Its end is asked for by `return`, also while `next` waits. */
export type Events = UpdateStream<ExecutionResult>;

/** GraphQL without a socket: the same for every transport. */
export interface Graphql {
  /** Reads a request, checks it against the schema and weighs it; nothing of it has run then. */
  prepare(request: GraphqlRequest): Prepared;
  /** Runs a query or a mutation. */
  execute(args: ExecutionArgs): Promise<ExecutionResult>;
  /** Begins a subscription; a result instead of events when it could not begin. */
  subscribe(args: ExecutionArgs): Promise<Events | ExecutionResult>;
}

/** How many operations that read bodies of several exchanges run at once. */
const LARGE_ANSWERS = 2;

/** Puts a schema behind {@link Graphql}. */
export function createGraphql({ schema, context, log, metrics, limits }: GraphqlOptions): Graphql {
  const readDocument = createDocumentReader(schema, limits);
  const mask = createErrorMask(log, limits.sqlTimeoutMs);
  const largeAnswers = createPermits(LARGE_ANSWERS);
  const executeQuick = createExecutor(schema, beginAgain);

  return {
    prepare({ query, operationName, variables = {} }) {
      const checked = readDocument(query);
      if (checked.kind === 'refused') return checked;
      const operation = chooseOperation(checked.operations, operationName);
      if (operation instanceof GraphQLError) return { kind: 'refused', errors: [operation] };
      const read = readVariables(schema, checked, operation, variables);
      if (read.kind === 'refused') return read;
      const scale = { schema, fragments: checked.fragments, variables: read.values };
      const errors = beyondLimits(limits, scale, operation);
      if (errors.length > 0) return { kind: 'refused', errors };
      return {
        kind: 'ready',
        type: operation.operation,
        args: {
          schema,
          document: checked.document,
          operationName: operation.name?.value,
          variableValues: variables,
          contextValue: {
            ...context,
            answer: createAnswerBudget(limits.maxAnswerBytes, largeAnswers),
          } satisfies QueryContext,
        },
      };
    },

    async execute(args) {
      const started = performance.now();
      const answered = executeQuick(args).finally(budgetOf(args).end);
      const result = withinBudget(args, withMask(await answered, mask));
      const failed = result.errors !== undefined;
      metrics.observe(args.operationName ?? undefined, failed, performance.now() - started);
      return result;
    },

    async subscribe(args) {
      let updates: UpdateStream<unknown>;
      try {
        const source = await createSourceEventStream(args);
        if (!(Symbol.asyncIterator in source)) return withMask(source, mask);
        updates = withMaskedFaults(updatesOf(source), mask);
      } catch (error) {
        return { errors: [mask(error)] };
      }
      return mapUpdates(updates, (rootValue) => executeNow({ ...args, rootValue }, mask));
    },
  };
}

function chooseOperation(
  operations: readonly OperationDefinitionNode[],
  name: string | undefined,
): OperationDefinitionNode | GraphQLError {
  const allowed = operations.flatMap((operation) => operation.name?.value ?? []).join(', ');
  const refuse = (code: string, message: string): GraphQLError =>
    new GraphQLError(message, { extensions: { code, argument: 'operationName', allowed } });
  if (name === undefined) {
    const [only, ...more] = operations;
    if (only === undefined) return refuse('OPERATION_MISSING', 'The document has no operation.');
    if (more.length === 0) return only;
    return refuse(
      'OPERATION_NAME_REQUIRED',
      `operationName: The document has ${operations.length} operations; only one runs. Allowed: ${allowed}.`,
    );
  }
  return (
    operations.find((operation) => operation.name?.value === name) ??
    refuse(
      'OPERATION_UNKNOWN',
      `operationName: The document has no operation ${JSON.stringify(name.slice(0, 100))}. Allowed: ${allowed}.`,
    )
  );
}

function withMask(result: ExecutionResult, mask: ErrorMask): ExecutionResult {
  return result.errors === undefined ? result : { ...result, errors: result.errors.map(mask) };
}

/** An answer that is too large need not be made again to be refused. */
function beginAgain(args: ExecutionArgs): boolean {
  const budget = budgetOf(args);
  if (budget.refusal !== undefined) return false;
  budget.begin();
  return true;
}

/** An answer that became too large is none: each of its texts would be missing with the same error. */
function withinBudget(args: ExecutionArgs, result: ExecutionResult): ExecutionResult {
  const { refusal } = budgetOf(args);
  return refusal === undefined ? result : { data: null, errors: [refusal] };
}

function budgetOf({ contextValue }: ExecutionArgs): QueryContext['answer'] {
  return (contextValue as QueryContext).answer;
}

/** Updates pass by thousands a second: none of their fields may have to wait, so no promise is needed for them. */
function executeNow(args: ExecutionArgs, mask: ErrorMask): ExecutionResult {
  budgetOf(args).begin();
  const result = execute(args);
  if (!('then' in result)) return withinBudget(args, withMask(result, mask));
  result.then(undefined, () => undefined);
  return { errors: [mask(new TypeError('a field below a subscription is not resolved at once'))] };
}

/** A source that breaks shows its readers no more than a query that does. */
function withMaskedFaults<T>(stream: UpdateStream<T>, mask: ErrorMask): UpdateStream<T> {
  const next = async (): Promise<IteratorResult<T, undefined>> => {
    try {
      return await stream.next();
    } catch (error) {
      throw mask(error);
    }
  };
  return { ...stream, next, poll: () => stream.poll(), return: () => stream.return() };
}

/** Any events as updates; those that are none have nothing that waits. */
function updatesOf(events: AsyncIterable<unknown>): UpdateStream<unknown> {
  if (isUpdateStream(events)) return events;
  const iterator = events[Symbol.asyncIterator]() as AsyncIterator<unknown, undefined>;
  return {
    poll: () => undefined,
    next: () => iterator.next(),
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
