import { setTimeout as delay } from 'node:timers/promises';
import { ID_HEADER } from '../traffic/sent.ts';
import { isSettled, parseHeaders, readExchange, readNewest, type Exchange } from './exchange.ts';

/** What has been read back, by the id that the demo put into each request. */
export type Found = ReadonlyMap<string, readonly Exchange[]>;

/** Reads back what one run of the demo sent. */
export interface Collector {
  /** Asks once more and returns everything known by now. */
  look(): Promise<Found>;
  /** Asks until every id is there and settled, or the time is over; returns what is known then. */
  settle(ids: readonly string[], timeoutMs: number, signal: AbortSignal): Promise<Found>;
}

/**
 * Reads back over GraphQL. The list holds the newest only, so what has been seen once is followed by its own id.
 *
 * @param run what the ids of this run begin with; everything else is other people's traffic
 */
export function createCollector(api: string, run: string): Collector {
  const known = new Map<string, { readonly id: string; exchange: Exchange }>();

  const look = async (): Promise<Found> => {
    const newest = await readNewest(api);
    for (const exchange of newest) {
      const id = idOf(exchange);
      if (id?.startsWith(`${run}.`) === true) known.set(exchange.requestId, { id, exchange });
    }
    for (const entry of known.values()) {
      if (isSettled(entry.exchange) || newest.includes(entry.exchange)) continue;
      entry.exchange = (await readExchange(api, entry.exchange.requestId)) ?? entry.exchange;
    }
    const found = new Map<string, Exchange[]>();
    for (const { id, exchange } of known.values()) found.set(id, [...(found.get(id) ?? []), exchange]);
    return found;
  };

  return {
    look,
    async settle(ids, timeoutMs, signal) {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const found = await look();
        if (ids.every((id) => found.get(id)?.every(isSettled) === true) || performance.now() > end)
          return found;
        await delay(100, undefined, { signal });
      }
    },
  };
}

function idOf(exchange: Exchange): string | undefined {
  return parseHeaders(exchange.requestHeaders).find(([name]) => name === ID_HEADER)?.[1];
}
