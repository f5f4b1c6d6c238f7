import { contained } from './contained.ts';

/** Runs one piece of work at the earliest moment that anyone has asked for. One timer serves all who ask. */
export interface Alarm {
  /** Asks for the work to run at a moment, in milliseconds of the alarm's clock, or before it. */
  at(moment: number): void;
  /** Forgets what was asked for. */
  stop(): void;
}

/**
 * @param run the work; it may ask for the next time
 * @param now the clock, in milliseconds
 * @param onError hears what the work throws; the alarm can be asked again as if it had ended well
 */
export function createAlarm(run: () => void, now: () => number, onError: (error: unknown) => void): Alarm {
  let timer: NodeJS.Timeout | undefined;
  let next = Infinity;
  const work = contained(run, onError);
  const ring = (): void => {
    next = Infinity;
    work();
  };
  return {
    at(moment) {
      if (moment >= next) return;
      clearTimeout(timer);
      next = moment;
      timer = setTimeout(ring, Math.max(1, Math.ceil(moment - now())));
    },
    stop() {
      clearTimeout(timer);
      next = Infinity;
    },
  };
}
