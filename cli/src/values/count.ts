/**
 * Reads how many, from 1 on, or `all`.
 *
 * @returns `Infinity` for `all`
 * @throws Error whose message completes "--option …"
 */
export function parseCount(text: string): number {
  if (text === 'all') return Number.POSITIVE_INFINITY;
  const count = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (count < 1) throw new Error(`must be a whole number from 1 on, or all, not ${JSON.stringify(text)}`);
  return count;
}
