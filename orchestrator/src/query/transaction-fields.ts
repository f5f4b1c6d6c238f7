import { readFilter, type FilterRef } from '../filter/input.ts';
import type { Builder } from './builder.ts';
import { checkCount, countOptions } from './count-argument.ts';
import type { PageInfoRef } from './page-info.ts';
import { planRead } from './read-plan.ts';
import { selectedBelow, type selectedFields } from './selection.ts';
import { fromStore } from './store-fault.ts';
import { parseTransactionCursor, transactionCursor } from './transaction-cursor.ts';
import { readPage, type TransactionPage } from './transaction-list.ts';
import type { TransactionRef } from './transaction-type.ts';
import type { Transaction } from './transaction.ts';

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 500;

/** Declares the list of exchanges with its filter, as a connection. */
export function declareTransactions(
  builder: Builder,
  transaction: TransactionRef,
  filter: FilterRef,
  pageInfo: PageInfoRef,
): void {
  const connection = declareConnection(builder, transaction, pageInfo);
  builder.queryField('transactions', (t) =>
    t.field({
      type: connection,
      nullable: false,
      description: `The exchanges that match, newest first. Pages stay right while new ones arrive and old ones go. first is from 1 to ${LARGEST_PAGE}.`,
      args: {
        filter: t.arg({ type: filter }),
        first: t.arg.int(countOptions(DEFAULT_PAGE, LARGEST_PAGE)),
        after: t.arg.string(),
      },
      resolve: (_root, given, context, info) => {
        const wanted = readFilter(given.filter);
        const first = checkCount('first', given.first ?? DEFAULT_PAGE, LARGEST_PAGE);
        const after = given.after == null ? undefined : parseTransactionCursor(given.after);
        const plan = planRead(fieldsOfNodes(info));
        return fromStore(() => readPage(context, plan, wanted, first, after));
      },
    }),
  );
}

function declareConnection(builder: Builder, transaction: TransactionRef, pageInfo: PageInfoRef) {
  const edge = builder.objectRef<Transaction>('HttpTransactionEdge').implement({
    description: 'An exchange with its place in the list.',
    fields: (t) => ({
      cursor: t.string({ nullable: false, resolve: ({ row }) => transactionCursor(row.request_id) }),
      node: t.field({ type: transaction, nullable: false, resolve: (source) => source }),
    }),
  });
  return builder.objectRef<TransactionPage>('HttpTransactionConnection').implement({
    description: 'A page of exchanges.',
    fields: (t) => ({
      edges: t.field({ type: [edge], nullable: false, resolve: ({ transactions }) => transactions }),
      nodes: t.field({ type: [transaction], nullable: false, resolve: ({ transactions }) => transactions }),
      pageInfo: t.field({ type: pageInfo, nullable: false, resolve: (page) => page.pageInfo }),
    }),
  });
}

/** What is selected of the exchanges, whether as nodes or behind edges. */
function fieldsOfNodes(info: Parameters<typeof selectedFields>[0]): ReadonlySet<string> {
  return new Set([...selectedBelow(info, ['nodes']), ...selectedBelow(info, ['edges', 'node'])]);
}
