/** A range of numbers, bounds included; a missing bound is open. */
export interface Range {
  readonly min?: number;
  readonly max?: number;
}

const LOWEST = 100;
const HIGHEST = 999;

/**
 * Reads `404`, `5xx`, `500-599`, `400-` or `-399`.
 *
 * @throws Error whose message completes "--status …"
 */
export function parseStatus(text: string): Range {
  const [, hundreds] = /^([1-9])xx$/i.exec(text) ?? [];
  if (hundreds !== undefined) return { min: Number(hundreds) * 100, max: Number(hundreds) * 100 + 99 };
  if (text.includes(','))
    throw new Error(
      `takes one range, such as 400-599 for 4xx and 5xx together, not a list: ${JSON.stringify(text)}`,
    );
  const [, exact, low, high] = /^(?:(\d{1,3})|(\d{1,3})?-(\d{1,3})?)$/.exec(text) ?? [];
  if (exact === undefined && low === undefined && high === undefined)
    throw new Error(`must be like 404, 5xx, 500-599, 400- or -399, not ${JSON.stringify(text)}`);
  const most = numberOf(exact ?? high) ?? HIGHEST;
  if (most < LOWEST)
    throw new Error(
      `must reach the statuses that there are, ${LOWEST} to ${HIGHEST}, not ${JSON.stringify(text)}`,
    );
  const min = numberOf(exact ?? low);
  const max = numberOf(exact ?? high);
  if (min !== undefined && max !== undefined && min > max)
    throw new Error(`begins above its end: ${text}; did you mean ${max}-${min}?`);
  return { ...(min !== undefined && { min }), ...(max !== undefined && { max }) };
}

function numberOf(digits: string | undefined): number | undefined {
  return digits === undefined ? undefined : Number(digits);
}
