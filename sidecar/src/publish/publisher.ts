import { createAlarm, type Alarm } from '@culvert/runtime/alarm';
import { createBackoff } from '@culvert/runtime/backoff';
import { contained } from '@culvert/runtime/contained';
import { booksOf, type Books } from '../books/books.ts';
import type { Segment } from '../spool/segment.ts';
import type { Spool } from '../spool/spool.ts';
import { MessageIdTaken } from './acknowledgements.ts';
import { renewMessageId, type Batch, type BatchMaker } from './batch.ts';

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
  /** A fault of ours. Must not throw. */
  readonly onError: (error: unknown) => void;
}

/** Retries after the stream refused a batch, or a fault: the connection works, so these are shorter than reconnects. */
const REFUSED = { firstMs: 100, maxMs: 5_000 };

/**
 * Sends what the spool holds, keeping a bounded number of batches unacknowledged. A batch that was made is sent,
 * unchanged, until the stream has it.
 *
 * No method throws: a fault of ours is reported, and what it was about is sent a little later or counted as dropped.
 */
export class Publisher {
  readonly #options: PublisherOptions;
  readonly #inFlight = new Set<Batch>();
  readonly #again: Batch[] = [];
  /** Taken out of the spool and not made into a batch yet: kept here so that no fault between the two loses it. */
  #taken: Segment | undefined;
  readonly #backoff = createBackoff(REFUSED);
  #connected = false;
  /** Nothing is sent before this moment, on the clock of {@link PublisherOptions.now}. */
  #pausedUntil = 0;
  readonly #alarm: Alarm;
  #idle: (() => void) | undefined;
  #flushing = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    const pump = (): void => {
      this.#pump();
    };
    this.#alarm = createAlarm(pump, options.now, options.onError);
  }

  /** Batches that were made and not acknowledged. */
  get unacknowledged(): number {
    return this.#inFlight.size + this.#again.length;
  }

  /** The spool has something new. */
  notify(sealed: boolean): void {
    if (sealed) this.#pump();
    else if (this.#connected) this.#alarm.at(this.#options.now() + this.#options.lingerMs);
  }

  /** Nothing more comes for a while: what the spool holds need not wait for company. */
  hurry(): void {
    this.#pump(-1);
  }

  /** The connection came up: all that was not acknowledged is sent again. */
  connected(): void {
    this.#connected = true;
    this.#backoff.reset();
    this.#pausedUntil = 0;
    this.#pump();
  }

  /** The connection went away: acknowledgements that were under way are lost. */
  disconnected(): void {
    this.#connected = false;
    for (const batch of this.#inFlight) this.#again.push(batch);
    this.#inFlight.clear();
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
    this.#alarm.stop();
  }

  #pump(ageMs = this.#flushing ? -1 : this.#options.lingerMs): void {
    try {
      if (!this.#connected) return;
      if (this.#options.now() < this.#pausedUntil) {
        this.#alarm.at(this.#pausedUntil);
        return;
      }
      while (this.#inFlight.size < this.#options.window && this.#sendNext(ageMs));
      this.#wakeForOldest();
      if (this.#done()) this.#idle?.();
    } catch (error) {
      this.#options.onError(error);
      this.#pause();
    }
  }

  /** @returns whether there was something to send */
  #sendNext(ageMs: number): boolean {
    if (this.#again.length === 0) this.#makeNext(ageMs);
    const batch = this.#again.shift();
    if (batch === undefined) return false;
    try {
      this.#send(batch);
    } catch (error) {
      this.#inFlight.delete(batch);
      this.#again.push(batch);
      throw error;
    }
    return true;
  }

  #makeNext(ageMs: number): void {
    const { spool, books } = this.#options;
    this.#taken ??= spool.take(ageMs);
    if (this.#taken === undefined) return;
    const segment = this.#taken;
    const batch = this.#make(segment);
    const kind = booksOf(books, segment.kind);
    kind.spooled -= segment.counted;
    kind.published += segment.counted;
    kind.lastSequence += segment.events;
    this.#again.push(batch);
    this.#taken = undefined;
  }

  #make(segment: Segment): Batch {
    const { spool, maker, now } = this.#options;
    try {
      return maker.make(segment, now());
    } catch (error) {
      this.#taken = undefined;
      spool.abandon(segment);
      throw error;
    }
  }

  #send(batch: Batch): void {
    this.#inFlight.add(batch);
    batch.attempts++;
    batch.attemptsById++;
    const onAcknowledged = (): void => {
      this.#acknowledged(batch);
    };
    const onRefused = (error: unknown): void => {
      this.#refused(batch, error);
    };
    const onFault = contained((error: unknown) => {
      this.#options.onError(error);
      if (this.#inFlight.delete(batch)) this.#again.push(batch);
      this.#pause();
    }, this.#options.onError);
    this.#options.publish(batch).then(onAcknowledged, onRefused).catch(onFault);
  }

  #acknowledged(batch: Batch): void {
    // A late answer to an earlier attempt counts too, but only once.
    const waiting = this.#again.indexOf(batch);
    if (waiting >= 0) this.#again.splice(waiting, 1);
    else if (!this.#inFlight.delete(batch)) return;
    booksOf(this.#options.books, batch.segment.kind).acknowledged += batch.segment.counted;
    this.#backoff.reset();
    // Of several attempts, one may still be on its way.
    this.#options.spool.release(batch.segment, batch.attempts === 1 && waiting < 0);
    this.#pump();
  }

  #refused(batch: Batch, error: unknown): void {
    if (!this.#inFlight.delete(batch)) return;
    if (error instanceof MessageIdTaken) renewMessageId(batch);
    this.#again.push(batch);
    // One refusal speaks for all batches in flight.
    if (!this.#connected || this.#options.now() < this.#pausedUntil) return;
    this.#options.onRefused(error);
    this.#pause();
  }

  #pause(): void {
    const now = this.#options.now();
    this.#pausedUntil = now + Math.max(REFUSED.firstMs, this.#backoff.next());
    this.#alarm.at(this.#pausedUntil);
  }

  #wakeForOldest(): void {
    if (this.#inFlight.size >= this.#options.window) return;
    const oldest = this.#options.spool.oldest();
    if (oldest === undefined) this.#alarm.stop();
    else this.#alarm.at(oldest + this.#options.lingerMs);
  }

  #done(): boolean {
    const nothingWaits = this.#taken === undefined && this.#options.spool.oldest() === undefined;
    return nothingWaits && this.unacknowledged === 0;
  }
}
