import { isIP } from 'node:net';

/** Where the bytes of a captured port go. */
export interface Upstream {
  /** `pod` stands for the pod's own address. */
  readonly host: string;
  readonly port: number;
}

/** One captured port and its upstream. */
export interface Binding {
  readonly host: string;
  readonly port: number;
  readonly upstream: Upstream;
}

const FORM = 'must look like [BIND:]PORT=HOST:PORT, with IPv6 addresses in brackets';

/**
 * Reads `CULVERT_CAPTURE`: `[BIND:]PORT=HOST:PORT`, several separated by commas, bound to 127.0.0.1 unless said
 * otherwise.
 *
 * @throws Error naming each entry that is wrong and why
 */
export function parseBindings(text: string): readonly Binding[] {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  if (entries.length === 0) throw new Error(FORM);
  const bindings: Binding[] = [];
  const mistakes: string[] = [];
  for (const entry of entries) {
    try {
      bindings.push(parseBinding(entry));
    } catch (error) {
      mistakes.push((error as Error).message);
    }
  }
  if (mistakes.length > 0) throw new Error(mistakes.join('; '));
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
  if (bind.port === upstream.port && bind.port !== 0 && reaches(upstream.host, bind.host)) {
    throw new Error(`sends a port to itself: ${JSON.stringify(entry)}`);
  }
  return { ...bind, upstream };
}

/** Whether what is sent to a host arrives at an address that a listener is bound to, as far as names tell. */
function reaches(host: string, bound: string): boolean {
  if (host === 'pod') return isAny(bound);
  return host === bound || (isOwn(host) && (isOwn(bound) || isAny(bound)));
}

function isOwn(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.') || isAny(host);
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function splitAddress(text: string, entry: string): { host: string; port: number } {
  const match = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port <= 65535)) throw new Error(`${FORM}: ${JSON.stringify(entry)}`);
  return { host, port };
}
