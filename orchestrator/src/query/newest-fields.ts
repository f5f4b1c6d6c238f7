import type { Builder } from './builder.ts';
import { planRead } from './read-plan.ts';
import { selectedFields } from './selection.ts';
import { fromStore } from './store-fault.ts';
import { readNewest } from './transaction-list.ts';
import { readOne } from './transaction-reader.ts';
import type { TransactionRef } from './transaction-type.ts';

const NEWEST = 50;

/** Declares the queries of the newest exchanges and of one of them. */
export function declareNewest(builder: Builder, transaction: TransactionRef): void {
  builder.queryFields((t) => ({
    requests: t.field({
      type: [transaction],
      nullable: false,
      extensions: { listSize: NEWEST },
      description: `The ${NEWEST} newest exchanges, newest first, open ones included.`,
      resolve: (_root, _arguments, context, info) =>
        fromStore(() => readNewest(context, planRead(selectedFields(info)), NEWEST)),
    }),
    request: t.field({
      type: transaction,
      description: 'One exchange; null when the id is unknown or no UUID.',
      args: { id: t.arg.string({ required: true }) },
      resolve: (_root, { id }, context, info) =>
        fromStore(() => readOne(context, planRead(selectedFields(info)), id, context.now())),
    }),
  }));
}
