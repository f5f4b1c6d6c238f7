/** Under which keys a server hands a parameter of that name to its application: the outermost first. */
export type Reading = (name: string) => readonly string[];

/**
 * How kinds of servers read names of parameters. Written after their documentation and behaviour:
 * PHP's `parse_str`, Rack's nested queries, qs with and without dots, and Jakarta Servlet.
 */
export const READINGS: Readonly<Record<string, Reading>> = {
  php(name) {
    const decoded = (decode(name).split('\0')[0] ?? '').replace(/^ +/, '');
    const open = decoded.indexOf('[', 1);
    const closed = open === -1 ? -1 : decoded.indexOf(']', open);
    // A bracket that isn't closed is an ordinary byte.
    if (closed === -1) return [decoded.replaceAll(/[ .[]/g, '_')];
    const first = decoded.slice(0, open).replaceAll(/[ .[]/g, '_');
    return [first, ...bracketed(decoded.slice(open))];
  },
  rack(name) {
    const decoded = decode(name);
    const [first = ''] = /^[^[\]]*/.exec(decoded.replace(/^[[\]]+/, '')) ?? [];
    return [first, ...bracketed(decoded)];
  },
  qs(name) {
    const decoded = decode(name);
    const open = decoded.indexOf('[');
    return open === -1 ? [decoded] : [decoded.slice(0, open), ...bracketed(decoded.slice(open))];
  },
  qsWithDots(name) {
    return READINGS['qs']!(decode(name).replaceAll(/\.([^.[]+)/g, '[$1]'));
  },
  servlet: (name) => [decode(name)],
  behindAProxyThatDecodes: (name) => [decode(decode(name))],
};

function bracketed(text: string): readonly string[] {
  return [...text.matchAll(/\[([^\]]*)\]/g)].map(([, key]) => key ?? '');
}

function decode(name: string): string {
  return name
    .replaceAll('+', ' ')
    .replaceAll(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
