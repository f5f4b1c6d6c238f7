import type { Aborter } from '../exchange/tracker.ts';
import { UNREAD, type Reader } from './unread.ts';

/** A reader whose faults can be contained. */
export interface FallibleReader extends Reader {
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

/** Stands between the bytes of a connection and its reader: no fault of the reader gets past it. */
export class GuardedReader implements Reader {
  #reader: FallibleReader | undefined;
  readonly #listener: FaultListener;

  constructor(reader: FallibleReader, listener: FaultListener) {
    this.#reader = reader;
    this.#listener = listener;
  }

  get idle(): boolean | undefined {
    if (this.#reader === undefined) return UNREAD.idle;
    try {
      return this.#reader.idle;
    } catch (error) {
      this.#contain(error);
      return UNREAD.idle;
    }
  }

  fromClient(chunk: Buffer): void {
    try {
      this.#reader?.fromClient(chunk);
    } catch (error) {
      this.#contain(error);
    }
  }

  fromUpstream(chunk: Buffer): void {
    try {
      this.#reader?.fromUpstream(chunk);
    } catch (error) {
      this.#contain(error);
    }
  }

  clientEnded(): void {
    try {
      this.#reader?.clientEnded();
    } catch (error) {
      this.#contain(error);
    }
  }

  upstreamEnded(): void {
    try {
      this.#reader?.upstreamEnded();
    } catch (error) {
      this.#contain(error);
    }
  }

  closed(by: Aborter): void {
    try {
      this.#reader?.closed(by);
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

  #contain(error: unknown): void {
    this.#listener.onError(error);
    this.giveUp();
  }
}
