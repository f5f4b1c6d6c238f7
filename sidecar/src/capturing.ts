import { createAlarm } from '@culvert/runtime/alarm';
import type { Logger } from '@culvert/runtime/log';
import type { Placeholder } from '@culvert/traffic/select/redact/edits';
import type { Books } from './books/books.ts';
import type { Faults } from './books/faults.ts';
import { Recorder } from './capture/exchange/recorder.ts';
import type { ListenerContext } from './capture/tap/listener.ts';
import { ReadQueue } from './capture/tap/read-queue.ts';
import type { Config } from './config.ts';
import type { PortTable } from './select/port-table.ts';
import { Selector } from './select/selector.ts';
import type { Spool } from './spool/spool.ts';

export interface CaptureOptions {
  readonly config: Config;
  readonly spool: Spool;
  readonly books: Books;
  readonly ports: PortTable;
  readonly placeholder: Placeholder;
  /** Makes sure on disk that so many captured exchanges are covered. */
  readonly reserve: (captured: number) => void;
  /** What had waited was read, and there was not much of it. */
  readonly onRead: () => void;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly faults: Faults;
  readonly log: Logger;
}

/** What reads the traffic that passes and writes it into the spool. */
export interface Capture {
  /** What listeners need. */
  readonly context: ListenerContext;
  /** Reads all that has passed until now. */
  readonly read: () => void;
  /** The books, up to date with what has passed until now. */
  readonly books: () => Books;
  /** Bytes of open exchanges in memory. */
  readonly heldBytes: () => number;
  /** Reads all that has passed; nothing more will. */
  readonly stop: () => void;
}

/** Builds the stations between the sockets and the spool, with the timers that drive them. */
export function createCapture(options: CaptureOptions): Capture {
  const { config, spool, books, ports, placeholder, faults, now, log } = options;
  const recorder = new Recorder({
    spool,
    books,
    heldLimit: config.heldBytes,
    openAfterMs: config.openAfterMs,
    reserve: options.reserve,
    now,
    wakeAt: (unixMs) => {
      sweeping.at(unixMs);
    },
    onError: faults.at('sweep'),
  });
  const sweep = (): void => {
    recorder.sweep();
  };
  const sweeping = createAlarm(sweep, now, faults.at('sweep'));
  const read = (): void => {
    queue.drain();
  };
  const readInTime = (): void => {
    queue.drain();
    // Each timer that rings for nothing wakes a process that could sleep.
    if (recorder.isIdle) sweeping.stop();
    options.onRead();
  };
  const reading = createAlarm(readInTime, now, faults.at('connection'));
  const queue = new ReadQueue(now, config.readAfterMs, reading);
  return {
    context: {
      recorder,
      selector: new Selector({ recorder, books, placeholder, onError: faults.at('redaction') }),
      books,
      ports,
      podAddresses: config.podAddresses,
      limits: { headBytes: config.headLimitBytes, heldBytes: config.headLimitBytes },
      queue,
      onError: faults.at('connection'),
      onTurnedOff: (port, error) => {
        log.error(
          { err: error, port },
          'capture of a port is off after a fault: its traffic passes unread until the sidecar is restarted; please report it',
        );
      },
    },
    read,
    books: () => {
      read();
      return books;
    },
    heldBytes: () => recorder.heldBytes,
    stop: () => {
      read();
      sweeping.stop();
      reading.stop();
    },
  };
}
