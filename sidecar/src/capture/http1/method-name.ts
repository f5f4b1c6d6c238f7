const KNOWN = [
  ...['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'PRI', 'QUERY'],
  ...['PROPFIND', 'PROPPATCH', 'MKCOL', 'COPY', 'MOVE', 'LOCK', 'UNLOCK', 'SEARCH', 'REPORT', 'PURGE'],
];

const byLength: { readonly name: string; readonly bytes: Buffer }[][] = [];
for (const name of KNOWN) (byLength[name.length] ??= []).push({ name, bytes: Buffer.from(name) });

/** The method that stands from `start` to `end`: one shared string for each well-known one. Methods are case-sensitive. */
export function methodName(bytes: Buffer, start: number, end: number): string {
  const candidates = byLength[end - start] ?? [];
  for (const { name, bytes: expected } of candidates) {
    let index = 0;
    while (index < expected.length && bytes[start + index] === expected[index]) index++;
    if (index === expected.length) return name;
  }
  return bytes.toString('latin1', start, end);
}
