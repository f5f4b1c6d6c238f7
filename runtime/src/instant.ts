const RFC_3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](?:[01]\d|2[0-3]):\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;

/**
 * Reads an instant with an offset (RFC 3339 section 5.6), such as `2026-01-31T12:00:00.000Z`.
 *
 * @returns Unix time in milliseconds; NaN for any other text, and for days that no calendar has
 */
export function parseInstant(text: string): number {
  const day = RFC_3339.exec(text)?.[1];
  return day !== undefined && isDay(day) ? Date.parse(text.replace(' ', 'T').toUpperCase()) : Number.NaN;
}

/** JavaScript takes February 30 for March 2. */
function isDay(text: string): boolean {
  const midnight = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(text);
}
