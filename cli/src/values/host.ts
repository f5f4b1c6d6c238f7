/**
 * Reads a host as URLs name it, with or without a port.
 *
 * @throws Error whose message completes "--host …"
 */
export function parseHost(text: string): string {
  if (text === '') throw new Error('needs a value');
  const [, , host = '', path = ''] = /^([a-z][a-z\d+.-]*:\/\/)?([^/?#]*)(.*)$/is.exec(text) ?? [];
  if (host !== text) {
    const rest = path === '' || path === '/' ? '' : ` --path ${shown(path)}`;
    throw new Error(`takes a host without scheme and path, not ${shown(text)}${meant(host, rest)}`);
  }
  if (text.includes(',')) throw new Error(`takes one host, not a list: ${shown(text)}`);
  if (text.includes('*'))
    throw new Error(
      `takes a whole host, not a pattern: --contains finds a part of a URL, not ${shown(text)}`,
    );
  if (!text.startsWith('[') && (text.match(/:/g)?.length ?? 0) > 1)
    throw new Error(`needs brackets around an IPv6 address: --host '[${text}]'`);
  if (text.startsWith(':')) throw new Error(`names no host before the port: ${shown(text)}`);
  return text;
}

function meant(host: string, rest: string): string {
  return host === '' ? '' : `; did you mean --host ${shown(host)}${rest}?`;
}

function shown(text: string): string {
  return JSON.stringify(text);
}
