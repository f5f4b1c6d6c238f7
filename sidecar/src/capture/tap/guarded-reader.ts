import type { Aborter } from '../exchange/tracker.ts';
import {
  CLIENT_DATA,
  CLIENT_END,
  CLOSED_BY_CLIENT,
  CLOSED_BY_UPSTREAM,
  UPSTREAM_DATA,
  UPSTREAM_END,
  type ConnectionEvent,
  type EventReader,
  type ReadQueue,
} from './read-queue.ts';
import { UNREAD, type Reader } from './unread.ts';

/** Reads along with one connection. Any of its methods may throw, by a fault of ours. Times are Unix milliseconds. */
export interface FallibleReader {
  /** Whether all that was asked was answered; undefined where nobody understands the bytes. */
  readonly idle: boolean | undefined;
  fromClient(chunk: Buffer, at: number): void;
  fromUpstream(chunk: Buffer, at: number): void;
  clientEnded(at: number): void;
  upstreamEnded(at: number): void;
  closed(by: Aborter, at: number): void;
  /** Reads no more, and ends what is open as far as that is possible. */
  giveUp(): void;
}

/** Who hears of faults. Neither may throw. */
export interface FaultListener {
  /** A fault was contained in its connection. */
  readonly onError: (error: unknown) => void;
  /** Containing a fault failed too: nobody knows what capture does next. */
  readonly onEscape: (error: unknown) => void;
}

/**
 * Stands between the bytes of a connection and its reader: what happens is put into a queue and read a little later, and
 * no fault of the reader gets past it.
 */
export class GuardedReader implements Reader, EventReader {
  #reader: FallibleReader | undefined;
  readonly #queue: ReadQueue;
  readonly #listener: FaultListener;

  constructor(reader: FallibleReader, queue: ReadQueue, listener: FaultListener) {
    this.#reader = reader;
    this.#queue = queue;
    this.#listener = listener;
  }

  get idle(): boolean | undefined {
    this.#queue.drain();
    try {
      return this.#reader === undefined ? UNREAD.idle : this.#reader.idle;
    } catch (error) {
      this.#contain(error);
      return UNREAD.idle;
    }
  }

  fromClient(chunk: Buffer): void {
    if (this.#reader !== undefined) this.#queue.add(this, CLIENT_DATA, chunk);
  }

  fromUpstream(chunk: Buffer): void {
    if (this.#reader !== undefined) this.#queue.add(this, UPSTREAM_DATA, chunk);
  }

  clientEnded(): void {
    if (this.#reader !== undefined) this.#queue.add(this, CLIENT_END, undefined);
  }

  upstreamEnded(): void {
    if (this.#reader !== undefined) this.#queue.add(this, UPSTREAM_END, undefined);
  }

  closed(by: Aborter): void {
    if (this.#reader !== undefined)
      this.#queue.add(this, by === 'client' ? CLOSED_BY_CLIENT : CLOSED_BY_UPSTREAM, undefined);
  }

  read(event: ConnectionEvent, chunk: Buffer | undefined, at: number): void {
    try {
      if (chunk === undefined) this.#readEnd(event, at);
      else if (event === CLIENT_DATA) this.#reader?.fromClient(chunk, at);
      else this.#reader?.fromUpstream(chunk, at);
    } catch (error) {
      this.#contain(error);
    }
  }

  /** From now on the bytes pass unread. */
  giveUp(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    try {
      reader?.giveUp();
    } catch (error) {
      this.#listener.onEscape(error);
    }
  }

  #readEnd(event: ConnectionEvent, at: number): void {
    if (event === CLIENT_END) this.#reader?.clientEnded(at);
    else if (event === UPSTREAM_END) this.#reader?.upstreamEnded(at);
    else this.#reader?.closed(event === CLOSED_BY_CLIENT ? 'client' : 'upstream', at);
  }

  #contain(error: unknown): void {
    this.#listener.onError(error);
    this.giveUp();
  }
}
