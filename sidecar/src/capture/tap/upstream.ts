import type { Binding, Upstream } from '../bindings.ts';

/** In a binding, stands for the pod's own address. */
export const POD = 'pod';

/** An address that bytes go to, and the authority that stands in for a missing Host field. */
export interface UpstreamAddress extends Upstream {
  /** `host:port` in ASCII. */
  readonly authority: Uint8Array;
}

const ASCII = new TextEncoder();

/**
 * Finds where a connection goes. A binding to the pod leads to the pod's own address, of the family that the client
 * used: over loopback, remote callers would look local to the application, and ports that it keeps to itself would open.
 *
 * @param podAddresses the main one first, at least one if the binding leads to the pod
 * @returns a function from the client's address, as the socket shows it
 */
export function upstreamOf(
  { upstream }: Binding,
  podAddresses: readonly string[],
): (client: string | undefined) => UpstreamAddress {
  const hosts = upstream.host === POD ? podAddresses : [upstream.host];
  const addresses = hosts.map((host) => ({
    host,
    port: upstream.port,
    authority: ASCII.encode(formatAuthority(host, upstream.port)),
  }));
  const [main] = addresses;
  if (main === undefined) throw new Error('the address of the pod is not known: set CULVERT_POD_IPS');
  return (client) => {
    if (addresses.length === 1 || client === undefined) return main;
    // A dual-stack listener shows IPv4 callers as addresses mapped into IPv6, with dots.
    const sixth = client.includes(':') && !client.includes('.');
    return addresses.find(({ host }) => host.includes(':') === sixth) ?? main;
  };
}

function formatAuthority(address: string, port: number): string {
  const host = address.includes(':') ? `[${address}]` : address;
  return port === 80 ? host : `${host}:${port}`;
}
