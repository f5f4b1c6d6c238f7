/** What a method may consist of (RFC 9110 §9.1). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;
/** The methods that are counted apart, and what stands for all others. */
export const COUNTED_METHODS = [
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'CONNECT',
  'OPTIONS',
  'TRACE',
  'PATCH',
  '_OTHER',
] as const;

/**
 * Reads a method. Hardly anybody sends one in lower case, and many write it so.
 *
 * @returns the method as it is written and, where that differs, in upper case
 * @throws Error whose message completes "--method …"
 */
export function parseMethod(text: string): readonly string[] {
  if (!TOKEN.test(text)) throw new Error(`must be a method such as GET, not ${JSON.stringify(text)}`);
  return [...new Set([text, text.toUpperCase()])];
}

/**
 * Reads a method as counts have it.
 *
 * @throws Error whose message completes "--method …"
 */
export function parseCountedMethod(text: string): string {
  const method = COUNTED_METHODS.find((one) => one === text.toUpperCase());
  if (method === undefined)
    throw new Error(
      `must be one of ${COUNTED_METHODS.join(', ')}, not ${JSON.stringify(text)}: what is none of them is counted as _OTHER`,
    );
  return method;
}
