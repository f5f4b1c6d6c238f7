/** What one orchestrator process can do. */
export const ROLES = ['ingest', 'api'] as const;
export type Role = (typeof ROLES)[number];

/**
 * Reads a list of roles such as `ingest,api`.
 *
 * @returns each role once, in the order of {@link ROLES}
 * @throws Error whose message completes "NAME …", when a word is no role or the list is empty
 */
export function parseRoles(text: string): readonly Role[] {
  const words = text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '');
  const unknown = words.filter((word) => !ROLES.some((role) => role === word));
  if (unknown.length > 0 || words.length === 0) {
    const found =
      unknown.length > 0 ? unknown.map((word) => JSON.stringify(word)).join(', ') : 'an empty list';
    throw new Error(`must be a comma-separated list of ${ROLES.join(', ')}, not ${found}`);
  }
  return ROLES.filter((role) => words.includes(role));
}
