import type { GraphQLSchema } from 'graphql';
import { declareAgents } from './agent-type.ts';
import { declareFilter } from '../filter/input.ts';
import { createBuilder } from './builder.ts';
import { declareDeadLetters } from './dead-letter-fields.ts';
import { declareExchangeState } from './exchange-state-type.ts';
import { declareNewest } from './newest-fields.ts';
import { declarePageInfo } from './page-info.ts';
import { declareSystemMetrics } from './system-metrics-type.ts';
import { declareTrafficEvents } from './traffic-events.ts';
import { declareStats } from './stats-type.ts';
import { declareTransactions } from './transaction-fields.ts';
import { declareTransaction } from './transaction-type.ts';

/** Builds the schema. Its printed form, `orchestrator/schema.graphql`, is the contract with clients. */
export function buildSchema(): GraphQLSchema {
  const builder = createBuilder();
  builder.queryType({});
  builder.mutationType({});
  builder.subscriptionType({});
  const exchangeState = declareExchangeState(builder);
  const transaction = declareTransaction(builder, exchangeState);
  const filter = declareFilter(builder, exchangeState);
  const pageInfo = declarePageInfo(builder);
  declareNewest(builder, transaction);
  declareTransactions(builder, transaction, filter, pageInfo);
  declareAgents(builder);
  declareSystemMetrics(builder);
  declareTrafficEvents(builder, transaction, filter);
  declareStats(builder);
  declareDeadLetters(builder, pageInfo);
  return builder.toSchema({ sortSchema: false });
}
