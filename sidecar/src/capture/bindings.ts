import { isIP } from 'node:net';

/** One captured port and where its bytes go. */
export interface Binding {
  readonly host: string;
  readonly port: number;
  readonly upstream: { readonly host: string; readonly port: number };
}

const FORM = 'must look like [BIND:]PORT=HOST:PORT, with IPv6 addresses in brackets';

/**
 * Reads `CULVERT_CAPTURE`: `[BIND:]PORT=HOST:PORT`, several separated by commas, bound to 127.0.0.1 unless said
 * otherwise.
 *
 * @throws Error naming the entry that is wrong and why
 */
export function parseBindings(text: string): readonly Binding[] {
  const bindings = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map(parseBinding);
  if (bindings.length === 0) throw new Error(FORM);
  const seen = new Set<string>();
  for (const { host, port } of bindings) {
    const address = `${host}:${port}`;
    if (port !== 0 && seen.has(address)) throw new Error(`names ${address} twice`);
    seen.add(address);
  }
  return bindings;
}

function parseBinding(entry: string): Binding {
  const [from, to, ...rest] = entry.split('=');
  if (from === undefined || to === undefined || rest.length > 0)
    throw new Error(`${FORM}: ${JSON.stringify(entry)}`);
  const bind = splitAddress(from.includes(':') ? from : `127.0.0.1:${from}`, entry);
  const upstream = splitAddress(to, entry);
  if (upstream.port === 0) throw new Error(`has port 0 as a destination: ${JSON.stringify(entry)}`);
  if (isIP(bind.host) === 0 && bind.host !== 'localhost') {
    throw new Error(
      `can only bind to an IP address, not ${JSON.stringify(bind.host)}: ${JSON.stringify(entry)}`,
    );
  }
  if (bind.port === upstream.port && bind.host === upstream.host) {
    throw new Error(`sends a port to itself: ${JSON.stringify(entry)}`);
  }
  return { ...bind, upstream };
}

function splitAddress(text: string, entry: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65535)) throw new Error(`${FORM}: ${JSON.stringify(entry)}`);
  return { host, port };
}
