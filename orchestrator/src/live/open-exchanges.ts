import { mergeExchanges, type LiveExchange } from './live-exchange.ts';

/** Exchanges that come in parts. */
export interface OpenExchanges {
  /** Adds a part: what was known of its exchange before, and what is known now. */
  add(part: LiveExchange): { readonly before: LiveExchange | undefined; readonly after: LiveExchange };
  /** How many have not ended. */
  readonly count: number;
  forget(): void;
}

/** How much is kept: exchanges, and bytes of memory. */
export interface OpenBounds {
  readonly exchanges: number;
  readonly bytes: number;
}

/** Ended ones are kept for a while too: a part that was published again may come behind the end. */
const MOST_ENDED: OpenBounds = { exchanges: 1_000, bytes: 2_000_000 };

/**
 * @param most how many open ones are kept; beyond it those go that were heard of longest ago
 * @param onEvicted an open one went: its later parts will be shown without the earlier ones
 */
export function createOpenExchanges(most: OpenBounds, onEvicted: () => void): OpenExchanges {
  const open = createTable(most, onEvicted);
  const ended = createTable(MOST_ENDED, () => undefined);
  return {
    add(part) {
      // An agent can name any id, so a part belongs only to an exchange of the same agent of the same namespace.
      const { request_id, agent_id, cluster, namespace } = part.row;
      const key = JSON.stringify([request_id, agent_id, cluster, namespace]);
      const before = open.take(key) ?? ended.take(key);
      const after = before === undefined ? part : mergeExchanges(before, part);
      (hasEnded(after) ? ended : open).put(key, after);
      return { before, after };
    },
    get count() {
      return open.size();
    },
    forget() {
      open.clear();
      ended.clear();
    },
  };
}

/** Whether the end of an exchange has come. */
export function hasEnded({ row }: LiveExchange): boolean {
  return row.outcome !== null;
}

/** Exchanges by key; the one that was put longest ago goes first. */
function createTable(most: OpenBounds, onEvicted: () => void) {
  const exchanges = new Map<string, LiveExchange>();
  let bytes = 0;
  const take = (key: string): LiveExchange | undefined => {
    const exchange = exchanges.get(key);
    if (exchange === undefined) return undefined;
    exchanges.delete(key);
    bytes -= exchange.bytes;
    return exchange;
  };
  return {
    take,
    put(key: string, exchange: LiveExchange): void {
      exchanges.set(key, exchange);
      bytes += exchange.bytes;
      while (exchanges.size > most.exchanges || (bytes > most.bytes && exchanges.size > 1)) {
        take(exchanges.keys().next().value as string);
        onEvicted();
      }
    },
    size: () => exchanges.size,
    clear(): void {
      exchanges.clear();
      bytes = 0;
    },
  };
}
