import { readFilter } from '../filter/input.ts';
import type { FilterRef } from '../filter/input.ts';
import type { LiveExchange } from '../live/live-exchange.ts';
import { isGap, type Gap } from '../live/traffic-update.ts';
import type { Builder } from './builder.ts';
import type { TransactionRef } from './transaction-type.ts';

/** The largest GraphQL Int. */
const MOST_INT = 2 ** 31 - 1;

/** Declares the live tail: `trafficEvents` and what it brings. */
export function declareTrafficEvents(builder: Builder, transaction: TransactionRef, filter: FilterRef): void {
  const gapMarker = builder.objectRef<Gap>('GapMarker').implement({
    description:
      'Stands where updates are missing: the subscriber was too slow, or they were lost on their way here.',
    fields: (t) => ({
      lost: t.int({
        nullable: false,
        description:
          'How many updates are missing. Of those lost on their way nobody knows whether they would have matched, and exchanges that came in parts count several times: at most so many then.',
        resolve: ({ lost }) => Math.min(lost, MOST_INT),
      }),
      since: t.field({
        type: 'DateTime',
        nullable: false,
        description: 'From when on they are missing.',
        resolve: ({ since }) => since,
      }),
    }),
  });
  const update = builder.unionType('TrafficUpdate', {
    types: [transaction, gapMarker],
    resolveType: (value) => (isGap(value as LiveExchange | Gap) ? 'GapMarker' : 'HttpTransaction'),
  });
  builder.subscriptionField('trafficEvents', (t) =>
    t.field({
      type: update,
      nullable: false,
      description:
        'Exchanges as they happen, before they are stored. One that is still open comes when it is first seen and again when it ends; a filter on what is not known yet, such as status, holds it back until it is. Bodies are not in updates: one that is not empty is null, and PENDING if anything was captured of it; ask for the exchange by its id later.',
      args: { filter: t.arg({ type: filter }) },
      subscribe: (_root, args, { traffic }) => traffic.follow(readFilter(args.filter)),
      resolve: (value) => value,
    }),
  );
}
