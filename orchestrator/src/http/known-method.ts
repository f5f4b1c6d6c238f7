const KNOWN = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** A request's method, or `_OTHER`: callers choose among many, and labels must stay few. */
export function knownMethod(method: string): string {
  return KNOWN.has(method) ? method : '_OTHER';
}
