import { parseInstant } from '@culvert/runtime/instant';
import { parseDuration } from './duration.ts';

/** A moment given on the command line: from now back, or fixed. */
export type Moment = { readonly agoMs: number } | { readonly at: number };

/**
 * Reads `15m` (so long ago), `now`, or an instant by RFC 3339 such as `2026-11-21T14:00:00Z`.
 *
 * @throws Error whose message completes "--option …"
 */
export function parseMoment(text: string): Moment {
  if (text === 'now') return { agoMs: 0 };
  if (/^\d+(?:\.\d+)?[a-z]+$/.test(text)) return { agoMs: parseDuration(text) };
  const at = parseInstant(text);
  if (Number.isNaN(at))
    throw new Error(
      `must be how long ago, such as 15m or 2h, or an instant such as 2026-11-21T14:00:00Z, not ${JSON.stringify(text)}`,
    );
  return { at };
}

/** The instant of a moment in the form that GraphQL takes. */
export function instantOf(moment: Moment, now: number): string {
  // Earlier than any exchange is early enough; years before 0 have no RFC 3339 form.
  return new Date(Math.max(0, 'at' in moment ? moment.at : now - moment.agoMs)).toISOString();
}

/** The local time of day to the millisecond, with the date before it when that is another day than today's. */
export function showTime(at: number, now: number): string {
  const date = new Date(at);
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  const day = localDay(date);
  // Where clocks are set back, a day is longer than 24 hours.
  return day === localDay(new Date(now))
    ? `${time}.${String(date.getMilliseconds()).padStart(3, '0')}`
    : `${day} ${time}`;
}

/** Date, time of day to the millisecond and offset, all local. */
export function showInstant(at: number): string {
  const date = new Date(at);
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
  const shifted = new Date(at + offset * 60_000).toISOString();
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 23)} ${zone}`;
}

function localDay(date: Date): string {
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
