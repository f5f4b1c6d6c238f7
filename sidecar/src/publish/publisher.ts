import { createBackoff } from '@culvert/runtime/backoff';
import { booksOf, type Books } from '../books/books.ts';
import type { Spool } from '../spool/spool.ts';
import type { Batch, BatchMaker } from './batch.ts';

/** What a publisher needs of the connection: sends one message and resolves when the stream has it. */
export type Publish = (batch: Batch) => Promise<void>;

export interface PublisherOptions {
  readonly spool: Spool;
  readonly books: Books;
  readonly maker: BatchMaker;
  readonly publish: Publish;
  /** How many batches may wait for their acknowledgement. */
  readonly window: number;
  /** An event waits at most so long for company, in milliseconds. */
  readonly lingerMs: number;
  readonly now: () => number;
  readonly onRefused: (error: unknown) => void;
}

/** Retries after the stream refused a batch: the connection works, so these are shorter than reconnects. */
const REFUSED = { firstMs: 100, maxMs: 5_000 };

/**
 * Sends what the spool holds, keeping a bounded number of batches unacknowledged. A batch that was made is sent,
 * unchanged, until the stream has it.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #inFlight = new Set<Batch>();
  readonly #again: Batch[] = [];
  readonly #backoff = createBackoff(REFUSED);
  #connected = false;
  #linger: NodeJS.Timeout | undefined;
  #pause: NodeJS.Timeout | undefined;
  #idle: (() => void) | undefined;
  #flushing = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
  }

  /** Batches that were made and not acknowledged. */
  get unacknowledged(): number {
    return this.#inFlight.size + this.#again.length;
  }

  /** The spool has something new. */
  notify(sealed: boolean): void {
    if (sealed) this.#pump();
    else if (this.#connected) this.#arm(this.#options.lingerMs);
  }

  /** The connection came up: all that was not acknowledged is sent again. */
  connected(): void {
    this.#connected = true;
    this.#backoff.reset();
    this.#resume();
  }

  /** The connection went away: acknowledgements that were under way are lost. */
  disconnected(): void {
    this.#connected = false;
    this.#recall();
  }

  /**
   * Sends everything and waits until it is acknowledged.
   *
   * @returns whether nothing is left, within the time given in milliseconds
   */
  async flush(timeoutMs: number): Promise<boolean> {
    this.#flushing = true;
    if (this.#done()) return true;
    const empty = new Promise<void>((resolve) => {
      this.#idle = resolve;
    });
    this.#pump();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, timeoutMs);
    });
    await Promise.race([empty, late]);
    clearTimeout(timer);
    return this.#done();
  }

  stop(): void {
    this.#connected = false;
    clearTimeout(this.#linger);
    clearTimeout(this.#pause);
  }

  #pump(): void {
    if (!this.#connected || this.#pause !== undefined) return;
    const { spool, maker, window } = this.#options;
    while (this.#inFlight.size < window) {
      const again = this.#again.shift();
      if (again !== undefined) {
        again.repeated = true;
        this.#send(again);
        continue;
      }
      const segment = spool.take(this.#flushing ? -1 : this.#options.lingerMs);
      if (segment === undefined) break;
      const batch = maker.make(segment, this.#options.now());
      const books = booksOf(this.#options.books, segment.kind);
      books.spooled -= segment.counted;
      books.published += segment.counted;
      books.lastSequence += segment.events;
      this.#send(batch);
    }
    if (this.#done()) this.#idle?.();
    else this.#armForOldest();
  }

  #send(batch: Batch): void {
    this.#inFlight.add(batch);
    this.#options.publish(batch).then(
      () => {
        this.#acknowledged(batch);
      },
      (error: unknown) => {
        this.#refused(batch, error);
      },
    );
  }

  #acknowledged(batch: Batch): void {
    // A late answer to an earlier attempt counts too, but only once.
    const waiting = this.#again.indexOf(batch);
    if (waiting >= 0) this.#again.splice(waiting, 1);
    else if (!this.#inFlight.delete(batch)) return;
    booksOf(this.#options.books, batch.segment.kind).acknowledged += batch.segment.counted;
    this.#backoff.reset();
    this.#options.spool.release(batch.segment, !batch.repeated && waiting < 0);
    this.#pump();
  }

  #refused(batch: Batch, error: unknown): void {
    if (!this.#inFlight.delete(batch)) return;
    this.#again.push(batch);
    // One refusal speaks for all batches in flight.
    if (!this.#connected || this.#pause !== undefined) return;
    this.#options.onRefused(error);
    this.#pause = setTimeout(
      () => {
        this.#resume();
      },
      Math.max(REFUSED.firstMs, this.#backoff.next()),
    );
  }

  #recall(): void {
    for (const batch of this.#inFlight) this.#again.push(batch);
    this.#inFlight.clear();
  }

  #resume(): void {
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#pump();
  }

  #armForOldest(): void {
    const oldest = this.#options.spool.oldest();
    if (oldest === undefined || this.#inFlight.size >= this.#options.window) return;
    this.#arm(Math.max(1, Math.ceil(oldest + this.#options.lingerMs - this.#options.now())));
  }

  #arm(delayMs: number): void {
    if (this.#linger !== undefined) return;
    this.#linger = setTimeout(() => {
      this.#linger = undefined;
      this.#pump();
    }, delayMs);
  }

  #done(): boolean {
    return this.unacknowledged === 0 && this.#options.spool.oldest() === undefined;
  }
}
