/** `%x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E`: what stands between the tokens of a date. */
const DELIMITERS = /[\t\x20-\x2f\x3b-\x40\x5b-\x60\x7b-\x7e]+/;
/** Each a production of the grammar: what follows the digits is ignored unless it is one more digit. */
const TIME = /^(\d{1,2}):(\d{1,2}):(\d{1,2})(?!\d)/;
const DAY_OF_MONTH = /^(\d{1,2})(?!\d)/;
const MONTH = /^(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)/i;
const YEAR = /^(\d{2,4})(?!\d)/;
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const FIRST_YEAR = 1601;

/** What has been found so far. */
interface Found {
  time?: readonly [hour: number, minute: number, second: number];
  day?: number;
  month?: number;
  year?: number;
}

/**
 * Reads the date of a cookie as user agents must (RFC 6265 §5.1.1).
 *
 * @returns Unix time in milliseconds; undefined when it is no date
 */
export function parseCookieDate(text: string): number | undefined {
  const found: Found = {};
  for (const token of text.split(DELIMITERS)) if (token !== '') take(token, found);
  const { time, day, month, year } = found;
  if (time === undefined || day === undefined || month === undefined || year === undefined) return undefined;
  const [hour, minute, second] = time;
  const wrong = day < 1 || day > 31 || year < FIRST_YEAR || hour > 23 || minute > 59 || second > 59;
  const at = Date.UTC(year, month, day, hour, minute, second);
  // The 30th of February is no date either.
  return wrong || new Date(at).getUTCDate() !== day ? undefined : at;
}

/** Takes a token for the first thing that it can be and that has not been found yet, in this order. */
function take(token: string, found: Found): void {
  const [, hour, minute, second] = (found.time === undefined && TIME.exec(token)) || [];
  if (hour !== undefined) {
    found.time = [Number(hour), Number(minute), Number(second)];
    return;
  }
  const [, day] = (found.day === undefined && DAY_OF_MONTH.exec(token)) || [];
  if (day !== undefined) {
    found.day = Number(day);
    return;
  }
  const [month] = (found.month === undefined && MONTH.exec(token)) || [];
  if (month !== undefined) {
    found.month = MONTHS.indexOf(month.toLowerCase());
    return;
  }
  const [, year] = (found.year === undefined && YEAR.exec(token)) || [];
  if (year !== undefined) found.year = fullYear(Number(year));
}

function fullYear(year: number): number {
  if (year >= 70 && year <= 99) return year + 1900;
  return year <= 69 ? year + 2000 : year;
}
