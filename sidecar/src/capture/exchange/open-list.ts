import type { Exchange } from './exchange.ts';

/** The exchanges that have not ended, in the order of their start. Entering and leaving take constant time. */
export class OpenList {
  #oldest: Exchange | null = null;
  #newest: Exchange | null = null;

  get isEmpty(): boolean {
    return this.#oldest === null;
  }

  add(exchange: Exchange): void {
    exchange.older = this.#newest;
    if (this.#newest === null) this.#oldest = exchange;
    else this.#newest.newer = exchange;
    this.#newest = exchange;
  }

  remove(exchange: Exchange): void {
    if (exchange.older === null) this.#oldest = exchange.newer;
    else exchange.older.newer = exchange.newer;
    if (exchange.newer === null) this.#newest = exchange.older;
    else exchange.newer.older = exchange.older;
    exchange.older = null;
    exchange.newer = null;
  }

  /**
   * Visits the exchanges that began before a time, oldest first. The visitor may remove the one it is given.
   *
   * @returns the first one that began later
   */
  visitBefore(unixMs: number, visit: (exchange: Exchange) => void): Exchange | null {
    let exchange = this.#oldest;
    while (exchange !== null && exchange.startedAt <= unixMs) {
      const newer: Exchange | null = exchange.newer;
      visit(exchange);
      exchange = newer;
    }
    return exchange;
  }
}
