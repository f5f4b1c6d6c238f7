/** RFC 9110 §9.3, RFC 5789. */
const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH']);

/** A request's method, or `_OTHER`: callers choose among many, and what is counted by it must stay few. */
export function knownMethod(method: string): string {
  return KNOWN.has(method) ? method : '_OTHER';
}
