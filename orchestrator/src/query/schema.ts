import type { GraphQLSchema } from 'graphql';
import { readAgents } from './agent-reader.ts';
import { declareAgent } from './agent-type.ts';
import { readBooks } from './books-reader.ts';
import { createBuilder } from './builder.ts';
import { planRead } from './read-plan.ts';
import { selectedFields } from './selection.ts';
import { fromStore } from './store-fault.ts';
import { DEFAULT_MEASUREMENTS, MOST_MEASUREMENTS, readSystemMetrics } from './system-metrics-reader.ts';
import { declareSystemMetrics } from './system-metrics-type.ts';
import { readNewest, readOne } from './transaction-reader.ts';
import { declareTransaction } from './transaction-type.ts';

const NEWEST = 50;

/** Builds the schema. Its printed form, `orchestrator/schema.graphql`, is the contract with clients. */
export function buildSchema(): GraphQLSchema {
  const builder = createBuilder();
  const transaction = declareTransaction(builder);
  const { agent, filter } = declareAgent(builder);
  const systemMetrics = declareSystemMetrics(builder);

  builder.queryType({
    fields: (t) => ({
      requests: t.field({
        type: [transaction],
        nullable: false,
        extensions: { listSize: NEWEST },
        description: `The ${NEWEST} newest exchanges, newest first, open ones included.`,
        resolve: (_root, _arguments, { database, now }, info) =>
          fromStore(() => readNewest(database, planRead(selectedFields(info)), NEWEST, now())),
      }),
      request: t.field({
        type: transaction,
        description: 'One exchange; null when the id is unknown or no UUID.',
        args: { id: t.arg.string({ required: true }) },
        resolve: (_root, { id }, { database, now }, info) =>
          fromStore(() => readOne(database, planRead(selectedFields(info)), id, now())),
      }),
      agents: t.field({
        type: [agent],
        nullable: false,
        description: 'The agents that have announced themselves, ordered by where they run.',
        args: { filter: t.arg({ type: filter }) },
        resolve: (_root, { filter: wanted }, { database, stream, now }, info) =>
          fromStore(async () => {
            const narrowed = {
              states: wanted?.states ?? undefined,
              namespaces: wanted?.namespaces ?? undefined,
            };
            const agents = await readAgents(database, narrowed, now());
            if (!selectedFields(info).has('books'))
              return agents.map((one) => ({ ...one, books: undefined }));
            const books = await readBooks(database, stream, agents);
            return agents.map((one) => ({ ...one, books: books.get(one.row.agent_id) }));
          }),
      }),
      systemMetrics: t.field({
        type: [systemMetrics],
        nullable: false,
        extensions: { listSize: MOST_MEASUREMENTS },
        description: `Measurements, newest first, of one agent or of all. limit is from 1 to ${MOST_MEASUREMENTS}.`,
        args: { agentId: t.arg.string(), limit: t.arg.int({ defaultValue: DEFAULT_MEASUREMENTS }) },
        resolve: (_root, { agentId, limit }, { database }) =>
          fromStore(() => readSystemMetrics(database, agentId ?? undefined, limit ?? DEFAULT_MEASUREMENTS)),
      }),
    }),
  });
  builder.subscriptionType({
    fields: (t) => ({
      systemMetricsUpdates: t.field({
        type: systemMetrics,
        nullable: false,
        description:
          'Measurements as they come, of one agent or of all. Where a reader is too slow, the oldest ones that wait are left out.',
        args: { agentId: t.arg.string() },
        subscribe: (_root, { agentId }, context) => context.systemMetrics.follow(agentId ?? undefined),
        resolve: (update) => update,
      }),
    }),
  });
  return builder.toSchema({ sortSchema: false });
}
